namespace TrainService.Formats.Hdf5;

/// <summary>Where the numbers of a dataset lie. Source: HDF5 File Format Specification 3.0, IV.A.2.i.</summary>
internal abstract class DataLayout
{
    private const int CompactClass = 0, ContiguousClass = 1, ChunkedClass = 2;

    /// <summary>All numbers in C order; exactly as many bytes as shape and type take.</summary>
    public abstract byte[] Read(Hdf5Source source, int bytes, string path);

    public static DataLayout Read(Hdf5Cursor message, IReadOnlyList<long> shape, int elementSize, FilterPipeline filters)
    {
        int version = message.U8(), kind = message.U8();
        if (version is not (3 or 4)) throw message.Problem($"version {version} is not read; only 3 and 4 are");
        if (kind != ChunkedClass && !filters.IsEmpty) throw message.Problem("only chunks can be filtered");
        switch (kind)
        {
            case CompactClass:
                int size = message.U16();
                long at = message.Address;
                return new CompactLayout(message.Take(size).ToArray(), at);
            case ContiguousClass:
                return new ContiguousLayout(message.Offset(), message.Length());
            case ChunkedClass:
                return version == 3 ? ChunkedLayout.ReadTree(message, shape, elementSize, filters) : ChunkedLayout.ReadIndexed(message, shape, elementSize, filters);
            default:
                throw message.Problem($"the layout {kind} is not read: only compact, contiguous and chunked are");
        }
    }

    private sealed class CompactLayout(byte[] data, long at) : DataLayout
    {
        public override byte[] Read(Hdf5Source source, int bytes, string path)
        {
            source.CountUnpacked(bytes, at);
            return data.Length == bytes ? data : throw source.Problem($"its shape and type take {bytes:N0} bytes, its place has {data.Length:N0}", at, path);
        }
    }

    private sealed class ContiguousLayout(long address, long length) : DataLayout
    {
        public override byte[] Read(Hdf5Source source, int bytes, string path)
        {
            if (length != bytes) throw source.Problem($"its shape and type take {bytes:N0} bytes, its place has {length:N0}", address, path);
            if (bytes == 0) return [];
            if (address == Hdf5Source.Undefined) throw source.Problem("its numbers were never written", null, path);
            source.Check(address, bytes, $"'{ArrayFormatException.Printable(path)}'");
            source.CountUnpacked(bytes, address);
            byte[] data = new byte[bytes];
            source.ReadData(address, data, $"'{ArrayFormatException.Printable(path)}'");
            return data;
        }
    }
}
