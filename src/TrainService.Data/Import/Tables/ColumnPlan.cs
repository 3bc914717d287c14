using System.Globalization;
using System.Runtime.InteropServices;
using TrainService.Data.Descriptions;

namespace TrainService.Data.Import.Tables;

/// <summary>What the passes over a table find out about one of its columns.</summary>
internal sealed class ColumnPlan(string name)
{
    /// <summary>A numeric column of at most so many different whole numbers may stand for classes.</summary>
    public const int MaxWholeNumbers = 20;

    // Counts until it is settled, indices from then on.
    private readonly Dictionary<string, int> _words = new(StringComparer.Ordinal);
    private SortedSet<long>? _wholes = [];
    private double _sum;
    private long _numbers;
    private string[] _categories = [];
    private int _mostFrequent;

    public string Name { get; } = name;

    public bool IsLabel { get; set; }

    public ColumnType Type { get; set; }

    /// <summary>Cells that are numbers, that are words, and that are missing.</summary>
    public long Numbers { get; set; }

    public long Words { get; set; }

    public long Missing { get; set; }

    /// <summary>Different words, or whole numbers, that are kept at most; more are an error, or no classes.</summary>
    public int MostDistinct { get; set; }

    /// <summary>Set when a categorical column has more different words than it may.</summary>
    public bool Overflowed { get; private set; }

    public int DistinctWords => _words.Count;

    /// <summary>Second pass: a cell of a row that will be stored.</summary>
    public void Collect(ReadOnlySpan<char> cell)
    {
        if (Cells.IsMissing(cell)) return;
        if (Type == ColumnType.Categorical)
        {
            CollectWord(cell);
            return;
        }
        if (!Cells.TryNumber(cell, out double value)) return;
        _numbers++;
        _sum += value;
        if (_wholes is null) return;
        if (Cells.IsWhole(value)) _wholes.Add((long)value);
        if (!Cells.IsWhole(value) || _wholes.Count > MostDistinct) _wholes = null;
    }

    /// <summary>After the second pass: the words in ordinal order, or by value when all of them are numbers.</summary>
    public void Settle()
    {
        string[] words = [.. _words.Keys.Order(StringComparer.Ordinal)];
        bool numeric = words.All(w => Cells.TryNumber(w, out _));
        _categories = numeric ? [.. words.OrderBy(w => double.Parse(w, NumberStyles.Float, CultureInfo.InvariantCulture))] : words;
        int most = 0;
        for (int i = 0; i < _categories.Length; i++)
        {
            if (_words[_categories[i]] > most) (most, _mostFrequent) = (_words[_categories[i]], i);
            _words[_categories[i]] = i;
        }
    }

    /// <summary>Third pass: the number that is stored. False when the cell is no number; a missing one is the caller's.</summary>
    public bool TryStore(ReadOnlySpan<char> cell, out float value)
    {
        if (Type == ColumnType.Categorical)
        {
            bool known = _words.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(cell, out int index);
            value = index;
            return known;
        }
        bool isNumber = Cells.TryNumber(cell, out double number);
        value = (float)number;
        return isNumber;
    }

    /// <summary>What a missing cell becomes: the mean, or the most frequent word (the first of several).</summary>
    public float FillValue() => Type == ColumnType.Categorical ? _mostFrequent : _numbers == 0 ? 0 : (float)(_sum / _numbers);

    /// <param name="fills">Missing cells are filled in; never a label's.</param>
    public ColumnDescription Describe(bool fills)
    {
        fills &= !IsLabel;
        return new()
        {
            Name = Name,
            Type = Type,
            Categories = Type == ColumnType.Categorical ? _categories : null,
            // A mean that stands in for a missing number is no class.
            WholeNumbers = Type == ColumnType.Numeric && _wholes is { Count: > 0 } wholes && !(fills && Missing > 0) ? [.. wholes] : null,
            Missing = fills ? (int)Missing : 0,
            FillValue = fills ? FillValue() : null,
        };
    }

    private void CollectWord(ReadOnlySpan<char> cell)
    {
        // By characters: no text is made of a word that is known already.
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> words = _words.GetAlternateLookup<ReadOnlySpan<char>>();
        if (_words.Count >= MostDistinct && !words.ContainsKey(cell)) Overflowed = true;
        else CollectionsMarshal.GetValueRefOrAddDefault(words, cell, out _)++;
    }
}
