-- A letter whose text is no longer kept: its time was over (retained-out), or the person it spoke of was erased (erased). Digest, control id
-- and times stay, so that what was acknowledged can be told for ever and an equal letter is known again. An empty body never was one.
alter table letter alter column body drop not null;
alter table letter add column gone text check (gone in ('retained-out', 'erased'));
alter table letter add column gone_at timestamptz;
alter table letter add constraint letter_gone check ((body is null) = (gone is not null) and (gone is null) = (gone_at is null));
