using System.Text.Json;

namespace TrainService.Specification.Reading;

/// <summary>Gathers everything that is wrong with one specification, so that it can be said all at once.</summary>
public sealed class SpecErrors
{
    /// <summary>Beyond so many, one more error says that there are more: an answer stays readable, and hostile input cheap.</summary>
    public const int Limit = 100;

    private const int LongestGot = 100;
    private readonly List<SpecError> _errors = [];

    public IReadOnlyList<SpecError> All => _errors;

    /// <summary>How many there have been, those beyond the limit included.</summary>
    public int Count { get; private set; }

    public bool Any => Count > 0;

    /// <summary>True when nothing more will be listed: then nobody needs to work out suggestions.</summary>
    public bool Full => Count >= Limit;

    public void Add(SpecError error)
    {
        if (Count < Limit) _errors.Add(error);
        else if (Count == Limit) _errors.Add(new SpecError("", "too_many_errors", $"There are more errors than the {Limit} listed here."));
        Count++;
    }

    public void Add(string pointer, string code, string detail, object? got = null, string? didYouMean = null)
        => Add(new SpecError(pointer, code, detail, got, didYouMean));

    public void Add(string pointer, string code, string detail, JsonElement got) => Add(new SpecError(pointer, code, detail, Show(got)));

    /// <summary>A value that outlives its document: a scalar as it is, anything else as (the beginning of) its text.</summary>
    public static object? Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when value.TryGetInt64(out long n) => n,
        JsonValueKind.Number when value.TryGetDouble(out double d) && double.IsFinite(d) => d,
        JsonValueKind.String when JsonText.TryGet(value, out string? text) => Shorten(text),
        _ => Shorten(value.GetRawText()),
    };

    private static string Shorten(string text)
    {
        if (text.Length <= LongestGot) return text;
        // Half of a surrogate pair can't be written as JSON.
        int length = char.IsHighSurrogate(text[LongestGot - 1]) ? LongestGot - 1 : LongestGot;
        return text[..length] + "…";
    }
}
