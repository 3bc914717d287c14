namespace TrainService.Formats.Zip;

/// <summary>
/// The cyclic redundancy check of ZIP, gzip and PNG: polynomial 0x04C11DB7, reflected. Eight bytes a round ("slicing by 8", Kounavis and Berry 2005).
/// </summary>
public struct Crc32
{
    private static readonly uint[] Tables = MakeTables();
    private uint _inverted;

    /// <summary>The check of everything appended so far; 0 for nothing.</summary>
    public readonly uint Value => _inverted;

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        Crc32 crc = default;
        crc.Append(bytes);
        return crc.Value;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~_inverted;
        uint[] t = Tables;
        while (bytes.Length >= 8)
        {
            crc ^= (uint)(bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24));
            crc = t[0x700 + (crc & 0xFF)] ^ t[0x600 + ((crc >> 8) & 0xFF)] ^ t[0x500 + ((crc >> 16) & 0xFF)] ^ t[0x400 + (crc >> 24)]
                ^ t[0x300 + bytes[4]] ^ t[0x200 + bytes[5]] ^ t[0x100 + bytes[6]] ^ t[bytes[7]];
            bytes = bytes[8..];
        }
        foreach (byte b in bytes) crc = (crc >> 8) ^ t[(byte)crc ^ b];
        _inverted = ~crc;
    }

    // Table k holds the check of a byte followed by k zero bytes.
    private static uint[] MakeTables()
    {
        uint[] tables = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            tables[i] = crc;
        }
        for (int i = 256; i < tables.Length; i++) tables[i] = (tables[i - 256] >> 8) ^ tables[tables[i - 256] & 0xFF];
        return tables;
    }
}
