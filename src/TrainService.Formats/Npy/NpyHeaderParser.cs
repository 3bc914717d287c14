using System.Globalization;

namespace TrainService.Formats.Npy;

/// <summary>
/// Reads the one kind of Python dictionary that an NPY header is: three keys, each once; texts, True or False, and a tuple of whole numbers.
/// </summary>
internal sealed class NpyHeaderParser(string text, string file, string? array, long offset)
{
    private int _at;
    private ArrayType? _type;
    private bool? _fortranOrder;
    private List<long>? _shape;

    public NpyHeader Parse()
    {
        Expect('{');
        while (!TryTake('}'))
        {
            string key = ReadText();
            Expect(':');
            bool again = key switch
            {
                "descr" => _type is not null,
                "fortran_order" => _fortranOrder is not null,
                "shape" => _shape is not null,
                _ => throw Problem($"unknown key '{ArrayFormatException.Printable(key)}'"),
            };
            if (again) throw Problem($"the key '{key}' stands there twice");
            if (key == "descr") _type = ReadType();
            else if (key == "shape") _shape = ReadShape();
            else _fortranOrder = ReadFlag();
            if (TryTake(',')) continue;
            Expect('}');
            break;
        }
        SkipSpace();
        if (_at < text.Length) throw Problem("there is something after the dictionary");
        return new(_type ?? throw Problem("'descr' is missing"), _shape ?? throw Problem("'shape' is missing"),
            _fortranOrder ?? throw Problem("'fortran_order' is missing"), 0);
    }

    private ArrayType ReadType()
    {
        SkipSpace();
        if (_at < text.Length && text[_at] is '[' or '(') throw Problem("structured element types are not supported: save one array for each field");
        return NpyTypes.Find(ReadText(), out string? problem) ?? throw Problem(problem!);
    }

    private List<long> ReadShape()
    {
        List<long> shape = [];
        Expect('(');
        while (!TryTake(')'))
        {
            shape.Add(ReadWhole());
            if (TryTake(',')) continue;
            Expect(')');
            break;
        }
        return shape;
    }

    private long ReadWhole()
    {
        SkipSpace();
        int start = _at;
        if (_at < text.Length && text[_at] == '-') _at++;
        while (_at < text.Length && char.IsAsciiDigit(text[_at])) _at++;
        if (!long.TryParse(text.AsSpan(start, _at - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
            throw Problem("a whole number of at most 63 bits is expected in the shape");
        // Python 2 wrote long integers as 3L.
        if (_at < text.Length && text[_at] == 'L') _at++;
        return value;
    }

    private bool ReadFlag()
    {
        SkipSpace();
        foreach ((string word, bool value) in (ReadOnlySpan<(string, bool)>)[("True", true), ("False", false)])
            if (text.AsSpan(_at).StartsWith(word))
            {
                _at += word.Length;
                return value;
            }
        throw Problem("True or False is expected");
    }

    private string ReadText()
    {
        SkipSpace();
        if (_at >= text.Length || text[_at] is not ('\'' or '"')) throw Problem("a quoted text is expected");
        int end = text.IndexOf(text[_at], _at + 1);
        if (end < 0) throw Problem("a quoted text does not end");
        string value = text[(_at + 1)..end];
        _at = end + 1;
        return value;
    }

    private void Expect(char c)
    {
        if (!TryTake(c)) throw Problem($"'{c}' is expected");
    }

    private bool TryTake(char c)
    {
        SkipSpace();
        if (_at >= text.Length || text[_at] != c) return false;
        _at++;
        return true;
    }

    private void SkipSpace()
    {
        while (_at < text.Length && text[_at] is ' ' or '\n' or '\r' or '\t') _at++;
    }

    private ArrayFormatException Problem(string what) => new(file, array, $"the NPY header is not readable: {what}", offset + _at);
}
