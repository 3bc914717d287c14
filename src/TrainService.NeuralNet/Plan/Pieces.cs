namespace TrainService.NeuralNet.Plan;

/// <summary>The contiguous pieces of a buffer that a block covers, for operations that go element by element.</summary>
internal static class Pieces
{
    /// <param name="wholeRows">Leave out the padding: the operation looks at whole rows.</param>
    public static Enumerator Of(in Block block, PlanBuffer buffer, bool wholeRows = false)
    {
        if (block.Domain == Domains.Columns)
        {
            int start = block.Start * State.Padding.Width, end = Math.Min(buffer.Stride, block.End * State.Padding.Width);
            return new Enumerator(start, end - start, buffer.Stride, buffer.Rows);
        }

        long first = (long)block.Start * buffer.Stride;
        int rows = block.End - block.Start;
        return wholeRows
            ? new Enumerator(first, buffer.RowLength, buffer.Stride, rows)
            : new Enumerator(first, rows * buffer.Stride, 0, 1);
    }

    /// <summary>A struct, so that a step allocates nothing.</summary>
    public struct Enumerator(long start, int length, int stride, int count)
    {
        private int _index = -1;

        public readonly (long Start, int Length) Current => (start + ((long)_index * stride), length);

        public readonly Enumerator GetEnumerator() => this;

        public bool MoveNext() => ++_index < count;
    }
}
