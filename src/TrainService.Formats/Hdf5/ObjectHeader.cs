namespace TrainService.Formats.Hdf5;

/// <summary>A message of an object header.</summary>
/// <param name="Shared">Its content stands elsewhere in the file.</param>
internal readonly record struct HeaderMessage(MessageType Type, bool Shared, ReadOnlyMemory<byte> Data, long Address)
{
    public Hdf5Cursor Open(Hdf5Source source, string what) => Shared
        ? throw source.Problem($"{what} is shared with other objects, which is not read", Address)
        : new Hdf5Cursor(source, Data, Address, what);
}

/// <summary>What stands at an object's address: its messages, of either version. Source: HDF5 File Format Specification 3.0, IV.A.1.</summary>
internal sealed class ObjectHeader
{
    private const int MostBlocks = 1000;
    private readonly Hdf5Source _source;
    private readonly List<HeaderMessage> _messages = [];
    private readonly Queue<(long Address, long Length)> _continued = new();
    private readonly HashSet<long> _blocks = [];

    private ObjectHeader(Hdf5Source source) => _source = source;

    public IReadOnlyList<HeaderMessage> Messages => _messages;

    public static ObjectHeader Read(Hdf5Source source, long address)
    {
        var header = new ObjectHeader(source);
        Hdf5Cursor begin = source.Read(address, Math.Min(16, Math.Max(0, source.Length - address)), "an object header");
        if (begin.Rest.Span.StartsWith("OHDR"u8)) header.ReadNew(address);
        else header.ReadOld(begin, address);
        return header;
    }

    public HeaderMessage? Find(MessageType type)
    {
        foreach (HeaderMessage message in _messages)
            if (message.Type == type)
                return message;
        return null;
    }

    private void ReadOld(Hdf5Cursor begin, long address)
    {
        int version = begin.U8();
        if (version != 1) throw begin.Problem($"version {version} is not read; only 1 and 2 are");
        begin.Skip(1);
        int left = begin.U16();
        begin.Skip(4);
        Continue(address + 16, begin.U32());
        while (left > 0 && _continued.TryDequeue(out (long Address, long Length) next))
        {
            Hdf5Cursor block = _source.Read(next.Address, next.Length, "a block of an object header");
            while (left > 0 && block.Left >= 8)
            {
                left--;
                (int type, int size, int flags) = (block.U16(), block.U16(), block.U8());
                block.Skip(3);
                Take(type, flags, block, size);
            }
        }
    }

    private void ReadNew(long address)
    {
        // The prefix is at most 34 bytes: signature, version, flags, four times, two numbers, a size of up to 8 bytes.
        Hdf5Cursor prefix = _source.Read(address, Math.Min(34, _source.Length - address), "an object header");
        prefix.Skip(4);
        int version = prefix.U8(), flags = prefix.U8();
        if (version != 2) throw prefix.Problem($"version {version} is not read; only 1 and 2 are");
        prefix.Skip((flags & 0x20) != 0 ? 16 : 0);
        prefix.Skip((flags & 0x10) != 0 ? 4 : 0);
        long size = prefix.Number(1 << (flags & 3));
        long begin = prefix.Address - address;
        ReadBlock(address, begin, size, flags);
        while (_continued.TryDequeue(out (long Address, long Length) next))
        {
            if (next.Length < 8) throw _source.Problem("a block of an object header is too short", next.Address);
            _source.Read(next.Address, 4, "a block of an object header").Expect("OCHK"u8);
            ReadBlock(next.Address, 4, next.Length - 8, flags);
        }
    }

    private void ReadBlock(long address, long begin, long size, int flags)
    {
        _source.Check(address, size, "a block of an object header");
        Hdf5Cursor block = _source.Read(address, begin + size + 4, "a block of an object header");
        Checksum.Check(_source, block.Rest.Span, address, "a block of an object header");
        block.Skip(begin);
        block = block.Part(size, "a block of an object header");
        int head = (flags & 4) != 0 ? 6 : 4;
        while (block.Left >= head)
        {
            (int type, int length, int messageFlags) = (block.U8(), block.U16(), block.U8());
            block.Skip(head - 4);
            Take(type, messageFlags, block, length);
        }
    }

    private void Take(int type, int flags, Hdf5Cursor block, int size)
    {
        long at = block.Address;
        Hdf5Cursor data = block.Part(size, "a header message");
        if ((MessageType)type == MessageType.Continuation) Continue(data.Offset(), data.Length());
        else _messages.Add(new HeaderMessage((MessageType)type, (flags & 2) != 0, data.Rest, at));
    }

    private void Continue(long address, long length)
    {
        _source.Check(address, length, "a block of an object header");
        if (!_blocks.Add(address)) throw _source.Problem("an object header goes round in a circle", address);
        if (_blocks.Count > MostBlocks) throw _source.Problem($"an object header has more than {MostBlocks:N0} blocks", address);
        _continued.Enqueue((address, length));
    }
}
