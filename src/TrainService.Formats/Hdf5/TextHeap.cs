namespace TrainService.Formats.Hdf5;

/// <summary>Gathers texts into global heaps: short ones share collections of the least size, a long one gets its own.</summary>
/// <param name="add">Gives a block its place.</param>
internal sealed class TextHeap(Func<byte[], long> add)
{
    // The least size of a collection, and of it what one text may take.
    private const int Least = 4096, Head = 16;

    private BlockWriter _open = new();
    private byte[]? _block;
    private long _address;
    private int _count;

    /// <returns>The reference that stands in the attribute: length, address, number.</returns>
    public byte[] Put(byte[] text)
    {
        if (text.Length == 0) return new byte[16];
        int size = Head + ((text.Length + 7) & ~7);
        if (Head + size > Least) return Alone(text, size);
        if (_block is null || _open.Count + size > Least) Open();
        Item(_open, ++_count, text);
        return Reference(text.Length, _address, _count);
    }

    /// <summary>Ends the last collection.</summary>
    public void Close()
    {
        if (_block is null) return;
        // What is left is object 0, its own head included; less than a head is simply unused.
        if (Least - _open.Count >= Head) _open.U16(0).U16(0).U32(0).U64(Least - _open.Count + 8);
        _open.Fill(Least).ToArray().CopyTo(_block, 0);
        _block = null;
    }

    private void Open()
    {
        Close();
        _address = add(_block = new byte[Least]);
        (_open, _count) = (Begin(Least), 0);
    }

    private byte[] Alone(byte[] text, int size)
    {
        int length = Math.Max(Least, Head + size);
        BlockWriter block = Begin(length);
        Item(block, 1, text);
        return Reference(text.Length, add(block.Fill(length).ToArray()), 1);
    }

    private static BlockWriter Begin(int size) => new BlockWriter().Raw("GCOL"u8).U8(1).Zeros(3).U64(size);

    private static void Item(BlockWriter block, int index, byte[] text) => block.U16(index).U16(1).U32(0).U64(text.Length).Raw(text).Align();

    private static byte[] Reference(int length, long address, int index) => new BlockWriter().U32(length).U64(address).U32(index).ToArray();
}
