using System.Text;

namespace TrainService.Formats.Hdf5;

/// <summary>A name in a group, and the address of the object that it stands for. Links by name, into other places or files, are refused.</summary>
internal readonly record struct Hdf5Link(string Name, long Address)
{
    /// <summary>A link message. Source: HDF5 File Format Specification 3.0, IV.A.2.g.</summary>
    public static Hdf5Link Read(Hdf5Cursor message)
    {
        int version = message.U8(), flags = message.U8();
        if (version != 1) throw message.Problem($"version {version} is not known");
        int kind = (flags & 8) != 0 ? message.U8() : 0;
        message.Skip((flags & 4) != 0 ? 8 : 0);
        message.Skip((flags & 16) != 0 ? 1 : 0);
        string name = Encoding.UTF8.GetString(message.Take(message.Number(1 << (flags & 3))));
        return kind == 0 ? new Hdf5Link(name, message.Offset())
            : throw message.Problem($"'{ArrayFormatException.Printable(name)}' is a link by name, to another place or file, which is not followed");
    }
}
