namespace TrainService.Formats.Hdf5;

/// <summary>
/// How newer files keep many links or attributes of one object: in a heap of their own. h5py writes so only when asked for the newest format
/// (<c>libver="latest"</c>), which Keras never does; such lists are refused with the way out.
/// </summary>
internal static class DenseStorage
{
    private const string WayOut = "save the file again with h5py's default format";

    /// <summary>The links that a link info message points at. Source: HDF5 File Format Specification 3.0, IV.A.2.c.</summary>
    public static IEnumerable<Hdf5Link> ReadLinks(Hdf5Source source, Hdf5Cursor message)
    {
        SkipInfo(message, 8);
        if (message.Offset() != Hdf5Source.Undefined) throw source.Problem($"a group of many members in the newest format is not read: {WayOut}", message.Address);
        return [];
    }

    /// <summary>Throws when an attribute info message points at attributes. Source: HDF5 File Format Specification 3.0, IV.A.2.v.</summary>
    public static void RefuseAttributes(Hdf5Cursor message)
    {
        SkipInfo(message, 2);
        if (message.Offset() != Hdf5Source.Undefined) throw message.Problem($"many attributes in the newest format are not read: {WayOut}");
    }

    private static void SkipInfo(Hdf5Cursor message, int orderSize)
    {
        int version = message.U8(), flags = message.U8();
        if (version != 0) throw message.Problem($"version {version} is not known");
        message.Skip((flags & 1) != 0 ? orderSize : 0);
    }
}
