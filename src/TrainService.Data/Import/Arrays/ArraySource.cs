using TrainService.Data.Descriptions;
using TrainService.Formats;
using TrainService.Formats.Idx;
using TrainService.Formats.Npy;

namespace TrainService.Data.Import.Arrays;

/// <summary>A stored array that can be read from its start as often as needed, in C order.</summary>
internal abstract class ArraySource(string file, string? array, ArrayType type, IReadOnlyList<long> shape)
{
    public string File => file;

    /// <summary>The array's name within its file; null when a file is one array.</summary>
    public string? Array => array;

    /// <summary>What to call it in a message.</summary>
    public string Name => array ?? file;

    public ArrayType Type => type;

    public IReadOnlyList<long> Shape => shape;

    /// <summary>The arrays that this one is joined from, in order; none when it is one.</summary>
    public virtual IReadOnlyList<NamedPart> Parts => [];

    /// <summary>Where an element comes from: which array, and which of its elements.</summary>
    public virtual (ArraySource Array, long Element) Origin(long element) => (this, element);

    public long Count => shape.Aggregate(1L, (a, b) => a * b);

    /// <summary>
    /// Reads all elements, block by block; <paramref name="take"/> gets each block, of <paramref name="blockElements"/> elements or fewer at the end.
    /// </summary>
    public void Read(int blockElements, Action<ReadOnlySpan<byte>> take, CancellationToken ct)
    {
        long left = Count;
        byte[] block = new byte[Math.Min(left, blockElements) * type.Size()];
        using IDisposable reader = Open(out Action<byte[], int> fill, out Action end);
        while (left > 0)
        {
            ct.ThrowIfCancellationRequested();
            int bytes = (int)Math.Min(left, blockElements) * type.Size();
            fill(block, bytes);
            take(block.AsSpan(0, bytes));
            left -= bytes / type.Size();
        }
        end();
    }

    /// <param name="fill">Fills so many bytes of its block with the next elements.</param>
    /// <param name="end">Throws when there is more, or when a check sum is wrong.</param>
    protected internal abstract IDisposable Open(out Action<byte[], int> fill, out Action end);
}

/// <summary>An array of an NPZ archive.</summary>
internal sealed class NpzSource(NpzReader archive, string file, string array, NpyHeader header) : ArraySource(file, array, header.Type, header.Shape)
{
    // Fortran order has to be turned, which takes the whole array.
    private const long MaxTurned = 1L << 30;

    public static NpzSource Find(NpzReader archive, string file, string array)
    {
        (NpyHeader header, Stream elements) = archive.OpenArray(array);
        elements.Dispose();
        bool oneAxis = header.Shape.Count(axis => axis != 1) <= 1;
        if (header.FortranOrder && !oneAxis && header.ByteCount > MaxTurned)
            throw new ArrayFormatException(file, array,
                $"the array is in Fortran order and has more than {MaxTurned:N0} bytes; save it in C order: numpy.ascontiguousarray(a)");
        return new(archive, file, array, oneAxis ? header with { FortranOrder = false } : header);
    }

    protected internal override IDisposable Open(out Action<byte[], int> fill, out Action end)
    {
        Stream elements = header.FortranOrder ? new MemoryStream(archive.Read(Array!).Bytes.ToArray()) : archive.OpenArray(Array!).Elements;
        fill = (block, count) =>
        {
            if (elements.ReadAtLeast(block.AsSpan(0, count), count, throwOnEndOfStream: false) < count)
                throw new ArrayFormatException(File, Array, "the entry ends too early");
        };
        end = () =>
        {
            if (elements.ReadByte() >= 0) throw new ArrayFormatException(File, Array, "there are bytes after the last element");
        };
        return elements;
    }
}

/// <summary>An IDX file.</summary>
internal sealed class IdxSource(StagedFile staged, FormatLimits limits, ArrayType type, IReadOnlyList<long> shape)
    : ArraySource(staged.Name, null, type, shape)
{
    public static IdxSource Find(StagedFile staged, FormatLimits limits)
    {
        using IdxReader reader = IdxReader.Open(new PrefixedStream([], staged.Rewind()), limits, staged.Name);
        return new(staged, limits, reader.Type, reader.Shape);
    }

    protected internal override IDisposable Open(out Action<byte[], int> fill, out Action end)
    {
        IdxReader reader = IdxReader.Open(new PrefixedStream([], staged.Rewind()), limits, File);
        fill = (block, count) => reader.ReadElements(block.AsSpan(0, count));
        end = () => { };
        return reader;
    }
}
