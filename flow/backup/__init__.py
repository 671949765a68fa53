"""Backups: a whole copy of Postgres, every change since, and the way back into an empty data directory.

`copy` takes the whole copy, `follower` receives each change before its commit is answered, `standing` decides whether commits wait
for it, `way_back` restores. `folder` knows what lies where, `key_file` how the vault's key travels.

    FOLDER/base-20261122T140000Z/   base.tar.gz pg_wal.tar.gz backup_manifest hospital.toml manifest.json (last: the copy is whole)
    FOLDER/wal/                     every change since, as pg_receivewal writes it
    FOLDER/vault.key.sealed         the vault's key, where a passphrase is set

Decisions
- **Nothing acknowledged is lost with the disk.** With BEDFLOW_BACKUP set, a commit waits until pg_receivewal has it on that folder's
  disk (`synchronous_standby_names`), and so does what follows it: an AA, a click's 200.
- **A dead receiver does not stop the hospital.** When it has been silent for two seconds, commits go on without it: logged as
  `backup.alone`, shown by `bedflow backup --status` and the metric `bedflow_backup_together`. It is started again and again, and
  commits wait for it from the second on in which it has caught up. Meanwhile the disk of Postgres holds the only copy.
- **The key is never beside the data in the clear.** Whoever finds the folder finds no name in it. With BEDFLOW_BACKUP_PASSPHRASE (a
  file) the key is sealed into the folder, so that the passphrase on paper is enough to come back; without, it stays apart, the copy
  says so, and `bedflow restore` asks for it with --key. A key lost is every name lost, so the first is advised.
- **A copy a day, two kept.** The changes before the older one are thrown away. A receiver that was away for longer than Postgres keeps
  changes for it (4 GB) leaves a gap, and a new copy is taken at once.
- **What was restored begins a timeline of its own** (recovery as from an archive), so that its changes and those of the house that was
  lost never carry the same name.
"""
