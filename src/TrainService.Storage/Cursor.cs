using System.Buffers.Text;
using System.Text;
using TrainService.Jobs.Ports;

namespace TrainService.Storage;

/// <summary>Paging cursors: the id of the last row of a page, wrapped so that nobody builds on what is inside.</summary>
internal static class Cursor
{
    private const int LongestId = 100;

    public static string Encode(string id) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(id));

    /// <param name="prefix">What the id must begin with.</param>
    /// <exception cref="InvalidCursorException">Not one of ours.</exception>
    public static string Decode(string cursor, string prefix)
    {
        if (cursor.Length > LongestId * 2 || !Base64Url.IsValid(cursor))
            throw new InvalidCursorException(cursor);
        string id = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        bool ours = id.Length <= LongestId && id.StartsWith(prefix, StringComparison.Ordinal) && id.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        return ours ? id : throw new InvalidCursorException(cursor);
    }
}
