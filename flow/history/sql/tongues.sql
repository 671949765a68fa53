-- name: choose
-- Somebody chose a language. $1 hospital, $2 holder, $3 language, $4 now
insert into tongue (hospital, holder, lang, chosen, said_at) values ($1, $2, $3, true, $4)
on conflict (hospital, holder) do update set lang = excluded.lang, chosen = true, said_at = excluded.said_at
where tongue.lang <> excluded.lang or not tongue.chosen

-- name: hear
-- What a feed says of patients; who chose for themselves keeps that. $1 hospital, $2 now, then arrays: patient, language
insert into tongue (hospital, holder, lang, chosen, said_at)
select $1, n.patient, n.lang, false, $2::timestamptz from unnest($3::text[], $4::text[]) as n(patient, lang)
on conflict (hospital, holder) do update set lang = excluded.lang, said_at = excluded.said_at
where not tongue.chosen and tongue.lang <> excluded.lang

-- name: get
-- $1 hospital, $2 holders
select holder, lang from tongue where hospital = $1 and holder = any($2::text[])

-- name: forget_tokens
-- What was said for a token alone (flow.domain.opd_near.holder). $1 hospital, $2 said before
delete from tongue where hospital = $1 and holder like 'token/%' and said_at < $2
