-- name: say
-- How a display stands now. $1 hospital, $2 device, $3 sound, $4 languages that nobody speaks there, $5 now
insert into display_sound (hospital, device, sound, mute, said_at) values ($1, $2, $3, $4, $5)
on conflict (hospital, device) do update set sound = excluded.sound, mute = excluded.mute, said_at = excluded.said_at
where display_sound.sound <> excluded.sound or display_sound.mute <> excluded.mute
    or display_sound.said_at < excluded.said_at - interval '1 minute'

-- name: all
-- What displays said last. $1 hospital
select device, sound, mute, said_at from display_sound where hospital = $1
