//! Opens the catalogue's file: its settings, its mode, its schema.

use std::{
    fmt::Write as _,
    fs::{self, File, OpenOptions, Permissions},
    io,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{OpenOptionsExt, PermissionsExt},
    },
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, TransactionBehavior, config::DbConfig};

use crate::catalogue::{
    error::CatalogueError,
    sqlite::{operations::schema_version, query},
};

/// Opens or makes the file, and migrates it.
pub(super) fn for_writing(path: &Path, patience: Duration) -> Result<Connection, CatalogueError> {
    make_private(path).map_err(io("open the file"))?;
    let mut connection =
        Connection::open_with_flags(path, WRITING).map_err(query::because("open"))?;
    let settings = || -> rusqlite::Result<()> {
        connection.busy_timeout(patience)?;
        connection.set_prepared_statement_cache_capacity(128);
        // A plan does not depend on the values that are asked for, so none is made twice.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        // Before anything is written: it counts for the connection, not for the file.
        connection.pragma_update(None, "secure_delete", "ON")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        // A savepoint around an archive keeps what each page was before: as much as there is of the
        // sender's notifications, which is no amount for memory. It goes beside the log, which
        // holds the same, into a file without a name, mode 0600.
        connection.pragma_update(None, "temp_store", "FILE")?;
        put_temporary_files_beside(&connection)?;
        connection.pragma_update(None, "trusted_schema", "OFF")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        // Copying the log into the file takes two more syncs. At the default of 1,000 pages a
        // commit of many submissions paid for them each time.
        connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)
    };
    settings().map_err(query::because("open"))?;
    // Looked at before anything is written: another program's file stays as it is.
    let version = check_owner(&connection)?;
    if version > NEWEST {
        return Err(CatalogueError::NewerSchema { found: version, known: NEWEST });
    }
    connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))
        .map_err(query::because("open"))?;
    migrate(&mut connection)?;
    if version == 0 {
        sync_directory(path).map_err(io("sync the state directory"))?;
    }
    // What a killed process had erased may still lie in the log that it left. A reader can hinder
    // this; the sweep scrubs again.
    let _held_up: Option<bool> =
        query::one(&connection, "PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(connection)
}

/// Has temporary files made in the catalogue's own directory. Of the whole process; but every other
/// connection keeps what is temporary in memory.
pub(super) fn put_temporary_files_beside(connection: &Connection) -> rusqlite::Result<()> {
    let directory = connection.path().and_then(|path| Path::new(path).parent()?.to_str());
    // Without it SQLite takes the system's directory for such files.
    directory.map_or(Ok(()), |directory| {
        connection.pragma_update(None, "temp_store_directory", directory)
    })
}

/// Opens an existing file and leaves it as it is.
pub(super) fn for_reading(path: &Path, patience: Duration) -> Result<Connection, CatalogueError> {
    fs::metadata(path).map_err(io("open the file"))?;
    let log_has_content = fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0);
    let connection = if log_has_content {
        Connection::open_with_flags(path, READING)
    } else {
        // Without a log nobody writes, so the file may be read as it lies: SQLite would else make a
        // log and its index beside it.
        Connection::open_with_flags(as_immutable_uri(path), READING | OpenFlags::SQLITE_OPEN_URI)
    };
    let connection = connection.map_err(query::because("open"))?;
    connection.busy_timeout(patience).map_err(query::because("open"))?;
    connection.pragma_update(None, "temp_store", "MEMORY").map_err(query::because("open"))?;
    match check_owner(&connection)? {
        NEWEST => Ok(connection),
        0 => Err(CatalogueError::NotACatalogue),
        found if found < NEWEST => Err(CatalogueError::OlderSchema { found, known: NEWEST }),
        found => Err(CatalogueError::NewerSchema { found, known: NEWEST }),
    }
}

/// Opens a file for reading that this process has open for writing: what is committed shows at
/// once.
pub(super) fn beside_a_writer(
    path: &Path,
    patience: Duration,
) -> Result<Connection, CatalogueError> {
    let connection = Connection::open_with_flags(path, READING).map_err(query::because("open"))?;
    let settings = || -> rusqlite::Result<()> {
        connection.busy_timeout(patience)?;
        connection.set_prepared_statement_cache_capacity(64);
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        // In KiB: single rows are looked up, and the system keeps the file's pages anyway.
        connection.pragma_update(None, "cache_size", -256)
    };
    settings().map_err(query::because("open"))?;
    Ok(connection)
}

/// The schema version of a file that is ours; 0 for an empty one.
fn check_owner(connection: &Connection) -> Result<u32, CatalogueError> {
    let number = |sql| query::one(connection, sql, [], |row| row.get::<_, i64>(0));
    let version = schema_version(connection)?;
    let owner = number("PRAGMA application_id")?;
    let tables = number("SELECT COUNT(*) FROM sqlite_schema")?;
    let fresh = version == 0 && owner == Some(0) && tables == Some(0);
    if fresh || (owner == Some(APPLICATION_ID) && version > 0) {
        Ok(version)
    } else {
        Err(CatalogueError::NotACatalogue)
    }
}

/// Takes the steps that are missing, all in one transaction.
fn migrate(connection: &mut Connection) -> Result<(), CatalogueError> {
    let mut run = || -> rusqlite::Result<()> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Read again under the lock: another process may have migrated in between.
        let version: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        for (_, step) in (0_u32..).zip(MIGRATIONS).skip_while(|(done, _)| *done < version) {
            transaction.execute_batch(step)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", NEWEST)?;
        transaction.commit()
    };
    run().map_err(query::because("bring the schema up to date"))
}

/// Makes the file if need be, for nobody else to read; SQLite gives its log the same mode.
fn make_private(path: &Path) -> io::Result<()> {
    let file =
        OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    Ok(())
}

fn sync_directory(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// `file:` URI of a path, with every byte that could mean something else escaped.
fn as_immutable_uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri + "?immutable=1"
}

fn io(doing: &'static str) -> impl Fn(io::Error) -> CatalogueError {
    move |source| CatalogueError::Backend { doing, source: Box::new(source) }
}

/// `fslu` in the file's header tells whose it is.
const APPLICATION_ID: i64 = 0x6673_6c75;

/// Pages of 4 KiB in the log before a commit copies them into the file.
const LOG_PAGES: u32 = 4096;

/// One step per schema version, in order; a released one is never edited.
const MIGRATIONS: [&str; 8] = [
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_reports.sql"),
    include_str!("migrations/0003_police_and_releases.sql"),
    include_str!("migrations/0004_packed_notifications.sql"),
    include_str!("migrations/0005_awaited.sql"),
    include_str!("migrations/0006_annual_documents.sql"),
    include_str!("migrations/0007_chain_of_a_municipality.sql"),
    include_str!("migrations/0008_pushes.sql"),
];

/// The schema version that this program writes.
#[expect(clippy::cast_possible_truncation, reason = "there are not four milliard migrations")]
const NEWEST: u32 = MIGRATIONS.len() as u32;

const WRITING: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

const READING: OpenFlags = OpenFlags::SQLITE_OPEN_READ_ONLY.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);
