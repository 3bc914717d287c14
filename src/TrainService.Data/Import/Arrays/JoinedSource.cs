using System.Runtime.InteropServices;
using TrainService.Data.Descriptions;
using TrainService.Formats;

namespace TrainService.Data.Import.Arrays;

/// <summary>Several arrays with the same rows as one: [rows, numbers of all], float32. Bytes are numbers here, not parts of pictures.</summary>
internal sealed class JoinedSource : ArraySource
{
    // Of rows that are put together at a time.
    private const int BlockNumbers = 1 << 18;

    private readonly IReadOnlyList<ArraySource> _arrays;
    private readonly int[] _lengths;
    private readonly int _length;

    private JoinedSource(IReadOnlyList<ArraySource> arrays, IReadOnlyList<NamedPart> parts)
        : base(arrays[0].File, string.Join(", ", arrays.Select(a => a.Name)), ArrayType.Float32, [arrays[0].Shape[0], parts.Sum(p => (long)p.Length)])
    {
        (_arrays, Parts) = (arrays, parts);
        _lengths = [.. parts.Select(p => p.Length)];
        _length = _lengths.Sum();
    }

    public override IReadOnlyList<NamedPart> Parts { get; }

    /// <summary>Null when they don't fit together; then the errors say why.</summary>
    public static JoinedSource? Of(IReadOnlyList<(string Name, ArraySource Array)> arrays, ImportContext context)
    {
        bool whole = true;
        foreach ((_, ArraySource array) in arrays) whole &= ArrayImporter.CheckShape(array, context);
        if (!whole) return null;
        foreach ((_, ArraySource array) in arrays)
        {
            if (array.Shape[0] == arrays[0].Array.Shape[0]) continue;
            ArrayImporter.Problem(context, array, $"has {array.Shape[0]:N0} rows, {arrays[0].Array.Name} has {arrays[0].Array.Shape[0]:N0}");
            whole = false;
        }

        if (arrays.Sum(a => a.Array.Count / a.Array.Shape[0]) > context.Limits.MaxRowLength)
        {
            ArrayImporter.Problem(context, arrays[0].Array, $"and those beside it have more than {context.Limits.MaxRowLength:N0} numbers a row together");
            whole = false;
        }

        return whole ? new JoinedSource([.. arrays.Select(a => a.Array)], [.. arrays.Select(a => new NamedPart(a.Name, RowShape(a.Array)))]) : null;
    }

    /// <inheritdoc/>
    public override (ArraySource Array, long Element) Origin(long element)
    {
        (long row, long at) = (element / _length, element % _length);
        int i = 0;
        for (; at >= _lengths[i]; i++) at -= _lengths[i];
        return (_arrays[i], (row * _lengths[i]) + at);
    }

    protected internal override IDisposable Open(out Action<byte[], int> fill, out Action end)
    {
        var reader = new Reader(this);
        (fill, end) = (reader.Fill, reader.End);
        return reader;
    }

    private static int[] RowShape(ArraySource array) => array.Shape.Count == 1 ? [1] : [.. array.Shape.Skip(1).Select(axis => (int)axis)];

    /// <summary>Reads all arrays side by side, some rows at a time.</summary>
    private sealed class Reader : IDisposable
    {
        private readonly JoinedSource _source;
        private readonly List<IDisposable> _open = [];
        private readonly List<(Action<byte[], int> Fill, Action End)> _readers = [];
        private readonly float[] _rows;
        private readonly float[][] _numbers;
        private readonly byte[][] _bytes;
        private readonly int _block;
        private long _left;
        private int _at, _filled;

        public Reader(JoinedSource source)
        {
            _source = source;
            _left = source.Shape[0];
            _block = (int)Math.Clamp(BlockNumbers / source._length, 1, _left);
            _rows = new float[_block * source._length];
            _numbers = [.. source._lengths.Select(n => new float[_block * n])];
            _bytes = [.. source._arrays.Select((a, i) => new byte[_block * source._lengths[i] * a.Type.Size()])];
            try
            {
                foreach (ArraySource array in source._arrays)
                {
                    _open.Add(array.Open(out Action<byte[], int> fill, out Action end));
                    _readers.Add((fill, end));
                }
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        public void Fill(byte[] block, int count)
        {
            for (int done = 0; done < count;)
            {
                if (_at == _filled) Next();
                int some = Math.Min(count - done, _filled - _at);
                MemoryMarshal.AsBytes<float>(_rows).Slice(_at, some).CopyTo(block.AsSpan(done));
                done += some;
                _at += some;
            }
        }

        public void End()
        {
            foreach ((_, Action end) in _readers) end();
        }

        public void Dispose()
        {
            foreach (IDisposable reader in _open) reader.Dispose();
        }

        private void Next()
        {
            int rows = (int)Math.Min(_block, _left), offset = 0;
            for (int i = 0; i < _readers.Count; i++)
            {
                int length = _source._lengths[i], numbers = rows * length;
                ArrayType type = _source._arrays[i].Type;
                _readers[i].Fill(_bytes[i], numbers * type.Size());
                ElementConverter.ToSingles(type, _bytes[i].AsSpan(0, numbers * type.Size()), _numbers[i].AsSpan(0, numbers));
                for (int row = 0; row < rows; row++)
                    _numbers[i].AsSpan(row * length, length).CopyTo(_rows.AsSpan((row * _source._length) + offset));
                offset += length;
            }

            _left -= rows;
            (_at, _filled) = (0, rows * _source._length * sizeof(float));
        }
    }
}
