using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace TrainService.Storage.Database;

/// <summary>
/// The one thread that writes. What has gathered while the last commit was being flushed goes into the next transaction together, each
/// piece of work in a savepoint of its own, so that one flush serves many callers and one that fails takes no other with it.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    /// <summary>Bounds how long the first of a batch waits for the last.</summary>
    private const int LargestBatch = 256;

    private readonly SqliteConnection _connection;
    private readonly BlockingCollection<Work> _queue = new(new ConcurrentQueue<Work>());
    private readonly Thread _thread;

    /// <param name="connection">Open; owned from here on.</param>
    public SqliteWriter(SqliteConnection connection)
    {
        _connection = connection;
        _thread = new(Loop) { Name = "sqlite-writer", IsBackground = true };
        _thread.Start();
    }

    public Task<T> RunAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken ct)
    {
        Work<T> item = new(work, ct);
        try
        {
            _queue.Add(item, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(SqliteDatabase));
        }
        return item.Task;
    }

    /// <summary>Writes what was handed in before, then closes.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
        _connection.Dispose();
    }

    private void Loop()
    {
        List<Work> batch = new(LargestBatch);
        foreach (Work first in _queue.GetConsumingEnumerable())
        {
            batch.Clear();
            batch.Add(first);
            while (batch.Count < LargestBatch && _queue.TryTake(out Work? more))
                batch.Add(more);
            Commit(batch);
        }
    }

    private void Commit(List<Work> batch)
    {
        try
        {
            Execute("BEGIN IMMEDIATE");
            foreach (Work work in batch)
                RunInSavepoint(work);
            Execute("COMMIT");
        }
        catch (Exception e)
        {
            Rollback();
            foreach (Work work in batch)
                work.Abort(e);
            return;
        }
        foreach (Work work in batch)
            work.Publish();
    }

    private void RunInSavepoint(Work work)
    {
        if (work.IsCancelled)
            return;
        Execute("SAVEPOINT work");
        try
        {
            work.Run(_connection);
        }
        catch (Exception e)
        {
            // After a full disk or an I/O error SQLite has rolled the whole transaction back: then nobody's work is in it any more.
            if (!InTransaction)
                throw;
            work.Fail(e);
            Execute("ROLLBACK TO work");
        }
        Execute("RELEASE work");
    }

    private void Rollback()
    {
        try
        {
            if (InTransaction)
                Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // The next BEGIN says what is wrong, to who waits for it then.
        }
    }

    private bool InTransaction => raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    private void Execute(string sql)
    {
        int code = raw.sqlite3_exec(_connection.Handle, sql);
        SqliteException.ThrowExceptionForRC(code, _connection.Handle);
    }

    /// <summary>A piece of work and who waits for it. Its outcome is kept until the commit, and told after it.</summary>
    private abstract class Work(CancellationToken ct)
    {
        protected Exception? Error { get; private set; }

        public bool IsCancelled { get; private set; }

        protected CancellationToken Token { get; } = ct;

        public void Run(DbConnection connection)
        {
            if (Token.IsCancellationRequested)
                IsCancelled = true;
            else
                Execute(connection);
        }

        public void Fail(Exception error) => Error = error;

        public void Abort(Exception error)
        {
            Error ??= error;
            Publish();
        }

        public abstract void Publish();

        protected abstract void Execute(DbConnection connection);
    }

    private sealed class Work<T>(Func<DbConnection, Task<T>> work, CancellationToken ct) : Work(ct)
    {
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;

        public Task<T> Task => _answer.Task;

        public override void Publish()
        {
            if (IsCancelled)
                _answer.TrySetCanceled(Token);
            else if (Error is { } error)
                _answer.TrySetException(error);
            else
                _answer.TrySetResult(_result!);
        }

        // SQLite's calls complete before they return, so this blocks on nothing.
        protected override void Execute(DbConnection connection) => _result = work(connection).GetAwaiter().GetResult();
    }
}
