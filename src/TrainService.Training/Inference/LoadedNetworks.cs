using System.Runtime.CompilerServices;
using TrainService.Jobs.Ports;

namespace TrainService.Training.Inference;

/// <summary>The checkpoints that were asked last, kept in memory. One that is in use stays until it is given back, whatever has pushed it out.</summary>
public sealed class LoadedNetworks(ICheckpointStore checkpoints, int most = 8, long mostBytes = 1L << 30) : IDisposable
{
    private readonly object _lock = new();
    private readonly LinkedList<Entry> _byUse = new();

    /// <summary>Null when there is no such checkpoint.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or not understood.</exception>
    internal async Task<Loan?> BorrowAsync(string checkpointId, CancellationToken ct)
    {
        if (TryBorrow(checkpointId) is { } ready) return ready;
        if (await checkpoints.FindAsync(checkpointId, ct).ConfigureAwait(false) is not { } record) return null;
        // Twice at once, the same one is loaded twice, and one of them forgotten: rare, and no request waits for another's disk.
        Stream file = await checkpoints.OpenAsync(record, ct).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable disposing = file.ConfigureAwait(false);
        LoadedNetwork network = LoadedNetwork.Load(record.MetadataJson, file);
        lock (_lock)
        {
            if (Find(checkpointId) is { } other)
            {
                network.Dispose();
                return Lend(other);
            }
            LinkedListNode<Entry> node = _byUse.AddFirst(new Entry(checkpointId, network));
            Loan loan = Lend(node);
            Trim();
            return loan;
        }
    }

    /// <summary>Forgets a checkpoint that was deleted.</summary>
    public void Forget(string checkpointId)
    {
        lock (_lock)
            if (Find(checkpointId) is { } node)
                Remove(node);
    }

    public void Dispose()
    {
        lock (_lock)
            while (_byUse.First is { } node)
                Remove(node);
    }

    private Loan? TryBorrow(string id)
    {
        lock (_lock) return Find(id) is { } node ? Lend(node) : null;
    }

    private LinkedListNode<Entry>? Find(string id)
    {
        for (LinkedListNode<Entry>? node = _byUse.First; node is not null; node = node.Next)
            if (node.Value.Id == id)
                return node;
        return null;
    }

    private Loan Lend(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _byUse.AddFirst(node);
        node.Value.Users++;
        return new Loan(this, node.Value);
    }

    private void Trim()
    {
        while (_byUse.Count > 1 && (_byUse.Count > most || _byUse.Sum(e => e.Network.ByteCount) > mostBytes)) Remove(_byUse.Last!);
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        node.Value.Forgotten = true;
        if (node.Value.Users == 0) node.Value.Network.Dispose();
    }

    private void GiveBack(Entry entry)
    {
        lock (_lock)
            if (--entry.Users == 0 && entry.Forgotten)
                entry.Network.Dispose();
    }

    internal sealed class Entry(string id, LoadedNetwork network)
    {
        public string Id { get; } = id;

        public LoadedNetwork Network { get; } = network;

        public int Users { get; set; }

        public bool Forgotten { get; set; }
    }

    /// <summary>A network in use, until disposed.</summary>
    internal sealed class Loan(LoadedNetworks owner, Entry entry) : IDisposable
    {
        private int _returned;

        public LoadedNetwork Network => entry.Network;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0) owner.GiveBack(entry);
        }
    }
}
