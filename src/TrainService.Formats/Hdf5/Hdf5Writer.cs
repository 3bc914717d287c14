using System.Text;

namespace TrainService.Formats.Hdf5;

/// <summary>
/// Writes HDF5 in the layout that every version reads and that h5py writes by default: superblock 0, object headers 1, groups as symbol tables, arrays in
/// one piece. The place of everything is worked out first; then all is written from front to back, the numbers from the caller's own memory. The same
/// content gives the same bytes. Source: HDF5 File Format Specification 3.0.
/// </summary>
public static class Hdf5Writer
{
    public static void Write(Stream stream, Hdf5Content root)
    {
        var plan = new Hdf5Plan();
        plan.Place(root);
        plan.Write(stream);
    }
}

/// <summary>Where everything lies.</summary>
internal sealed class Hdf5Plan
{
    // Entries of a block of a group, and children of a node of its tree, are twice these: the defaults of the format.
    private const int LeafK = 4, TreeK = 16;

    private readonly List<(long Address, byte[] Bytes, NamedArray? Array)> _pieces = [];
    private readonly TextHeap _heap;
    private long _end = 96;

    public Hdf5Plan() => _heap = new TextHeap(Add);

    public void Place(Hdf5Content root)
    {
        (long header, long tree, long names) = PlaceGroup(root);
        _heap.Close();
        BlockWriter block = new BlockWriter().Raw(Superblock.Signature).Zeros(5).U8(8).U8(8).Zeros(1).U16(LeafK).U16(TreeK).U32(0)
            .U64(0).U64(Hdf5Source.Undefined).U64(_end).U64(Hdf5Source.Undefined)
            .U64(0).U64(header).U32(1).U32(0).U64(tree).U64(names);
        _pieces.Add((0, block.ToArray(), null));
    }

    public void Write(Stream stream)
    {
        long at = 0;
        Span<byte> zeros = stackalloc byte[8];
        zeros.Clear();
        foreach ((long address, byte[] bytes, NamedArray? array) in _pieces.OrderBy(p => p.Address))
        {
            stream.Write(zeros[..(int)(address - at)]);
            ReadOnlySpan<byte> content = array is null ? bytes : array.Bytes;
            stream.Write(content);
            at = address + content.Length;
        }
        stream.Write(zeros[..(int)(_end - at)]);
    }

    private long Reserve(long length)
    {
        long address = _end;
        _end = (_end + length + 7) & ~7L;
        return address;
    }

    private long Add(byte[] bytes)
    {
        long address = Reserve(bytes.Length);
        _pieces.Add((address, bytes, null));
        return address;
    }

    private (long Header, long Tree, long Names) PlaceGroup(Hdf5Content group)
    {
        var names = new BlockWriter().Zeros(8);
        var entries = new List<(long Name, long Header, long Tree, long Names)>();
        foreach ((string name, object member) in group.Members)
        {
            long place = names.Count;
            names.Raw(Encoding.UTF8.GetBytes(name)).U8(0).Align();
            if (member is Hdf5Content inner && PlaceGroup(inner) is var placed) entries.Add((place, placed.Header, placed.Tree, placed.Names));
            else entries.Add((place, PlaceDataset((NamedArray)member), Hdf5Source.Undefined, 0));
        }
        long segment = Add(names.ToArray());
        // 1: no free space in the heap.
        long heap = Add(new BlockWriter().Raw("HEAP"u8).Zeros(4).U64(names.Count).U64(1).U64(segment).ToArray());
        long tree = PlaceTree(entries);
        var messages = new List<(MessageType, byte[])> { (MessageType.SymbolTable, new BlockWriter().U64(tree).U64(heap).ToArray()) };
        messages.AddRange(group.Attributes.Select(a => (MessageType.Attribute, Attribute(a))));
        return (PlaceHeader(messages), tree, heap);
    }

    /// <summary>Blocks of entries, and a tree above them; every key is the name of the last entry before it.</summary>
    private long PlaceTree(List<(long Name, long Header, long Tree, long Names)> entries)
    {
        var nodes = new List<(long Address, long LastName)>();
        foreach ((long Name, long Header, long Tree, long Names)[] part in entries.Chunk(2 * LeafK))
        {
            BlockWriter block = new BlockWriter().Raw("SNOD"u8).U8(1).U8(0).U16(part.Length);
            foreach ((long name, long header, long tree, long names) in part)
            {
                bool group = tree != Hdf5Source.Undefined;
                block.U64(name).U64(header).U32(group ? 1 : 0).U32(0).U64(group ? tree : 0).U64(group ? names : 0);
            }
            nodes.Add((Add(block.Fill(8 + (2 * LeafK * 40)).ToArray()), part[^1].Name));
        }
        for (int level = 0; ; level++)
        {
            (long Address, long LastName)[][] parts = nodes.Count == 0 ? [[]] : [.. nodes.Chunk(2 * TreeK)];
            const int size = 24 + (((4 * TreeK) + 1) * 8);
            long first = Reserve((long)size * parts.Length), before = 0;
            nodes = [];
            for (int i = 0; i < parts.Length; i++)
            {
                long address = first + (i * (long)size);
                BlockWriter node = new BlockWriter().Raw("TREE"u8).U8(0).U8(level).U16(parts[i].Length)
                    .U64(i == 0 ? Hdf5Source.Undefined : address - size).U64(i == parts.Length - 1 ? Hdf5Source.Undefined : address + size).U64(before);
                foreach ((long child, long lastName) in parts[i]) node.U64(child).U64(before = lastName);
                _pieces.Add((address, node.Fill(size).ToArray(), null));
                nodes.Add((address, before));
            }
            if (parts.Length == 1) return first;
        }
    }

    private long PlaceDataset(NamedArray array)
    {
        long length = array.Count * array.Type.Size(), data = Hdf5Source.Undefined;
        if (length > 0) _pieces.Add((data = Reserve(length), [], array));
        BlockWriter shape = new BlockWriter().U8(1).U8(array.Shape.Count).Zeros(6);
        foreach (long axis in array.Shape) shape.U64(axis);
        var messages = new List<(MessageType, byte[])>
        {
            (MessageType.Dataspace, shape.ToArray()),
            (MessageType.Datatype, Hdf5TypeWriter.Write(array.Type)),
            // Version 2, space when needed, written if set, the type's own zero.
            (MessageType.FillValue, [2, 2, 2, 1, 0, 0, 0, 0]),
            (MessageType.Layout, new BlockWriter().U8(3).U8(1).U64(data).U64(length).ToArray()),
        };
        if (array.Type == ArrayType.BFloat16) messages.Add((MessageType.Attribute, Attribute(new Hdf5TextAttribute("dtype", ["bfloat16"], Fixed: false))));
        return PlaceHeader(messages);
    }

    private long PlaceHeader(List<(MessageType Type, byte[] Data)> messages)
    {
        var body = new BlockWriter();
        foreach ((MessageType type, byte[] data) in messages)
        {
            int size = (data.Length + 7) & ~7;
            if (size > ushort.MaxValue) throw new ArgumentException("An attribute is longer than an object header can hold.");
            // Flag 1: types never change.
            body.U16((int)type).U16(size).U8(type is MessageType.Datatype or MessageType.FillValue ? 1 : 0).Zeros(3).Raw(data).Align();
        }
        return Add(new BlockWriter().U8(1).U8(0).U16(messages.Count).U32(1).U32(body.Count).Zeros(4).Raw(body.ToArray()).ToArray());
    }

    private byte[] Attribute(Hdf5TextAttribute attribute)
    {
        byte[] name = [.. Encoding.UTF8.GetBytes(attribute.Name), 0];
        byte[][] values = [.. attribute.Values.Select(Encoding.UTF8.GetBytes)];
        int width = Math.Max(1, values.Select(v => v.Length).DefaultIfEmpty().Max());
        byte[] type = attribute.Fixed ? Hdf5TypeWriter.FixedText(width, attribute.Values.All(v => Ascii.IsValid(v))) : Hdf5TypeWriter.TextOfAnyLength();
        BlockWriter shape = new BlockWriter().U8(1).U8(attribute.Fixed ? 1 : 0).Zeros(6);
        if (attribute.Fixed) shape.U64(values.Length);
        BlockWriter message = new BlockWriter().U8(1).U8(0).U16(name.Length).U16(type.Length).U16(shape.Count)
            .Raw(name).Align().Raw(type).Align().Raw(shape.ToArray()).Align();
        foreach (byte[] value in values)
            if (attribute.Fixed) message.Raw(value).Zeros(width - value.Length);
            else message.Raw(_heap.Put(value));
        return message.ToArray();
    }
}
