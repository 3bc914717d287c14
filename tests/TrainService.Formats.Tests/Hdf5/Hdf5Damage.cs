using System.Buffers.Binary;

namespace TrainService.Formats.Tests.Hdf5;

/// <summary>
/// Damages an HDF5 file where it hurts: whatever looks like an address, a length, a count, a level or a message is set to another one of the same file
/// (so that structures point at each other, in circles and across), to itself, to extremes, or is swapped with its neighbour.
/// </summary>
internal sealed class Hdf5Damage
{
    private static readonly byte[][] Signatures = ["TREE"u8.ToArray(), "SNOD"u8.ToArray(), "HEAP"u8.ToArray(), "GCOL"u8.ToArray(), "OHDR"u8.ToArray(), "OCHK"u8.ToArray()];
    private static readonly long[] Extremes = [0, 1, -1, 8, 16, 255, 65535, int.MaxValue, uint.MaxValue, long.MaxValue, long.MinValue, 1L << 31, 1L << 40, 0x7FFF_FFFF_FFFF_FFF8];

    private readonly byte[] _file;
    private readonly List<int> _addresses = [], _structures = [];
    private readonly List<long> _targets = [];

    public Hdf5Damage(byte[] file)
    {
        _file = file;
        for (int at = 0; at + 8 <= file.Length; at++)
        {
            long value = BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            if (value > 8 && value <= file.Length) _addresses.Add(at);
            if (Signatures.Any(s => file.AsSpan(at).StartsWith(s))) _structures.Add(at);
        }
        _targets.AddRange(_addresses.Select(a => BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(a))).Distinct());
        _targets.AddRange(_structures.Select(s => (long)s));
    }

    public byte[] Apply(int seed)
    {
        var random = new Random(seed);
        byte[] file = [.. _file];
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            int address = _addresses[random.Next(_addresses.Count)], structure = _structures.Count == 0 ? address : _structures[random.Next(_structures.Count)];
            switch (random.Next(8))
            {
                case 0 or 1: Write(file, address, _targets[random.Next(_targets.Count)]); break;
                case 2: Write(file, address, address - random.Next(64)); break;
                case 3: Write(file, address, Extremes[random.Next(Extremes.Length)]); break;
                case 4: Write(file, address, file.Length - random.Next(40)); break;
                case 5: file[Math.Min(file.Length - 1, structure + 4 + random.Next(4))] = (byte)random.Next(256); break;
                case 6: BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(Math.Min(file.Length - 2, structure + 6)), (ushort)Extremes[random.Next(Extremes.Length)]); break;
                default: Swap(file, structure, _structures.Count == 0 ? address : _structures[random.Next(_structures.Count)], 24 + random.Next(100)); break;
            }
        }
        return file;
    }

    private static void Write(byte[] file, int at, long value)
    {
        if (at + 8 <= file.Length) BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(at), value);
    }

    private static void Swap(byte[] file, int a, int b, int length)
    {
        length = Math.Min(length, file.Length - Math.Max(a, b));
        byte[] first = file[a..(a + length)], second = file[b..(b + length)];
        first.CopyTo(file, b);
        second.CopyTo(file, a);
    }
}
