/* What a display's scripts say, in its language: the English words are the keys (flow/views/kiosk.py); English where there is no word.
   Loaded before the scripts that draw. */
"use strict";
function DisplayWords() {
  const known = new Map(Object.entries(JSON.parse(document.body.dataset.words || "{}")));
  return (english, values) => {
    const words = known.get(english) || english;
    return values ? words.replace(/\{(\w+)\}/g, (gap, name) => name in values ? values[name] : gap) : words;
  };
}
