/* The phone's outbox, used by the page (phone-taps.js) and by its service worker: taps kept in IndexedDB until the server has answered them.
   A parcel is { n, key, action, body, photo, csrf, at, bed, step, said, label, who, after, tried, until }. Parcels go out one at a time and in
   order, under a Web Lock that page, second tab and worker share; all tries of a tap carry one key and one body, so that the server
   counts it once. A tap made on a picture of what an earlier, unsent tap will bring (`after`) gets its `if_seq` from that one's answer. */
"use strict";
self.Outbox = (function () {
  const PATIENCE = 10000;
  let opened = null;

  function database() {
    opened = opened || new Promise((resolve, reject) => {
      const asked = indexedDB.open("bedflow-phone", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("parcels", { keyPath: "n", autoIncrement: true });
        asked.result.createObjectStore("told", { keyPath: "n", autoIncrement: true });
        asked.result.createObjectStore("kept");
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    return opened;
  }
  /* One transaction; `work` gets the stores and may return a request, whose result comes back once everything is on disk. */
  async function within(mode, names, work) {
    const base = await database();
    return new Promise((resolve, reject) => {
      const transaction = base.transaction(names, mode, { durability: "strict" });
      const asked = work(...names.map((name) => transaction.objectStore(name)));
      transaction.oncomplete = () => resolve(asked ? asked.result : undefined);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }
  const all = () => within("readonly", ["parcels"], (parcels) => parcels.getAll());
  const told = () => within("readonly", ["told"], (kept) => kept.getAll());
  const forget = (n) => within("readwrite", ["told"], (kept) => kept.delete(n));
  /* What is kept for comfort: a full phone does without it. */
  const keep = (name, value) => within("readwrite", ["kept"], (kept) => kept.put(value, name)).catch(() => {});
  const kept = (name) => within("readonly", ["kept"], (store) => store.get(name));
  const locked = (work) => (navigator.locks ? navigator.locks.request("bedflow-outbox", work) : work());

  function fresh() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  const withSeq = (body, seq) => { const fields = new URLSearchParams(body); fields.set("if_seq", seq); return fields.toString(); };

  /* Keep a tap; `after` says that it was made on a guess. Where what it follows was answered meanwhile, the answer's seq is taken here. */
  async function put(parcel) {
    const whole = { ...parcel, key: fresh(), at: Date.now(), tried: false };
    whole.n = await within("readwrite", ["parcels", "kept"], (parcels, kept) => {
      const added = {};
      parcels.getAll().onsuccess = (before) => {
        kept.get("seqs").onsuccess = (seqs) => {
          const waits = before.target.result.some((other) => other.bed === parcel.bed), seq = (seqs.target.result || {})[parcel.bed];
          whole.after = parcel.after || waits;
          if (parcel.after && !waits && seq) whole.body = withSeq(whole.body, seq);
          parcels.add(whole).onsuccess = (event) => { added.result = event.target.result; };
        };
      };
      return added;
    });
    return whole;
  }
  /* A tap that never left the phone may be taken back; one that was tried may have arrived. */
  const takeBack = (n) => locked(() => within("readwrite", ["parcels"], (parcels) => {
    parcels.get(n).onsuccess = (event) => {
      const found = event.target.result;
      if (found && !found.tried) parcels.delete(n);
    };
  }));

  async function post(parcel, csrf, skew) {
    const gone = new AbortController(), timer = setTimeout(() => gone.abort(), PATIENCE);
    try {
      const response = await fetch(parcel.action, {
        method: "POST", body: parcel.photo || parcel.body, redirect: "manual", signal: gone.signal,
        headers: {
          "Content-Type": parcel.photo ? parcel.photo.type : "application/x-www-form-urlencoded;charset=UTF-8",
          "X-CSRF-Token": csrf || parcel.csrf, "HX-Request": "true", "Idempotency-Key": parcel.key,
          "X-Tapped-At": new Date(parcel.at + skew).toISOString(), ...(parcel.who ? { "X-Tapped-By": parcel.who } : {}),
        },
      });
      const date = Date.parse(response.headers.get("date") || "");
      if (date && Math.abs(date - Date.now()) > 5000) await keep("skew", date - Date.now());
      return { status: response.type === "opaqueredirect" ? 401 : response.status, text: await response.text() };
    } finally {
      clearTimeout(timer);
    }
  }
  /* The answer is noted and the tap struck off in one transaction: a crash in between repeats both or neither. */
  function answered(parcel, text) {
    const seq = /data-seq-now="(\d+)"/.exec(text), note = /class="notice good kind"[\s\S]*?<span>([^<]+)/.exec(text);
    return within("readwrite", ["parcels", "kept", "told"], (parcels, kept, told) => {
      parcels.delete(parcel.n);
      /* the board that comes with the last answer shows its own note */
      if (note) parcels.count().onsuccess = (event) => { if (event.target.result) told.add({ ...line(parcel), reason: note[1] }); };
      if (!seq || !parcel.bed) return;
      kept.get("seqs").onsuccess = (event) => { kept.put({ ...event.target.result, [parcel.bed]: seq[1] }, "seqs"); };
      parcels.getAll().onsuccess = (event) => {
        const next = event.target.result.find((other) => other.bed === parcel.bed && other.after && !other.tried && !other.photo);
        if (next) parcels.put({ ...next, body: withSeq(next.body, seq[1]) });
      };
    });
  }
  const line = ({ bed, label, said, at }) => ({ bed, label, said, at });
  function refused(parcel, text) {
    const reason = text.replace(/<svg[\s\S]*?<\/svg>/g, "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();
    return within("readwrite", ["parcels", "told"], (parcels, told) => {
      parcels.delete(parcel.n);
      told.add({ ...line(parcel), reason: reason });
      parcels.getAll().onsuccess = (event) => {
        for (const next of event.target.result) if (next.after && parcel.bed && next.bed === parcel.bed) parcels.delete(next.n);
      };
    });
  }
  /* A phone too full for what follows from an answer still lets go of the tap. */
  const strikeOff = (parcel) => within("readwrite", ["parcels"], (parcels) => parcels.delete(parcel.n));
  const AGAIN = new Set([401, 408, 425, 429]), FAULTS = 6;
  /* A tap over which the server falls each time is told and laid aside, so that the taps behind it get through. */
  function fault(parcel) {
    const faults = (parcel.faults || 0) + 1;
    if (faults >= FAULTS) return refused(parcel, "");
    return within("readwrite", ["parcels"], (parcels) => parcels.put({ ...parcel, tried: true, faults: faults }));
  }

  /* Send what waits. Gives { left, text, status, last }: how many still wait, the last good answer, and why it stopped: 401 (the phone is
     locked), 403 (the page is out of date) or 0 (no answer). */
  function flush(csrf) {
    return locked(async () => {
      const skew = (await kept("skew")) || 0;
      let text = "", last = null, status = 200;
      for (let parcel = (await all())[0]; parcel; parcel = (await all())[0]) {
        if (parcel.until && Date.now() > parcel.until) {
          await within("readwrite", ["parcels"], (parcels) => parcels.delete(parcel.n));
          continue;
        }
        if (!parcel.tried) await within("readwrite", ["parcels"], (parcels) => parcels.put({ ...parcel, tried: true })).catch(() => {});
        let answer;
        try { answer = await post(parcel, csrf, skew); } catch { answer = { status: 0, text: "" }; }
        status = answer.status;
        if (status >= 500 && status !== 503) await fault({ ...parcel, status: status });
        if (!status || status >= 500 || AGAIN.has(status) || (status === 403 && answer.text.includes("out of date"))) break;
        const good = status < 400;
        await (good ? answered(parcel, answer.text) : refused(parcel, answer.text)).catch(() => strikeOff(parcel));
        if (good) text = answer.text;
        last = good ? parcel : null;
        status = 200;
      }
      return { left: (await all()).length, text: last ? text : "", status: status };
    });
  }
  return { all, put, takeBack, flush, told, forget, keep, kept };
})();
