namespace TrainService.Formats.Hdf5;

/// <summary>The shape of a dataset or attribute. Source: HDF5 File Format Specification 3.0, IV.A.2.b.</summary>
internal static class Dataspace
{
    /// <summary>Sizes of the axes; empty for a scalar; one axis of size 0 for "no value at all".</summary>
    public static long[] Read(Hdf5Cursor message)
    {
        int version = message.U8(), rank = message.U8();
        message.Skip(1);
        int kind = 1;
        if (version == 1) message.Skip(5);
        else if (version == 2) kind = message.U8();
        else throw message.Problem($"version {version} of a shape is not known");
        if (kind == 2) return [0];
        if (rank > message.Source.Limits.MaxRank) throw message.Problem($"the shape has {rank} axes, more than {message.Source.Limits.MaxRank}");
        long[] shape = new long[rank];
        for (int i = 0; i < rank; i++) shape[i] = message.Length();
        return shape;
    }
}
