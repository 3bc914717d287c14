using System.Runtime.InteropServices;

namespace TrainService.Formats;

/// <summary>Turns arrays between C order (the last axis runs fastest) and Fortran order (the first does).</summary>
public static class AxisOrder
{
    /// <summary>Elements in C order, out of elements in Fortran order.</summary>
    public static byte[] ToC(ReadOnlySpan<byte> fortran, IReadOnlyList<long> shape, int elementSize) => Turn(fortran, shape, elementSize, toC: true);

    /// <summary>Elements in Fortran order, out of elements in C order.</summary>
    public static byte[] ToFortran(ReadOnlySpan<byte> c, IReadOnlyList<long> shape, int elementSize) => Turn(c, shape, elementSize, toC: false);

    private static byte[] Turn(ReadOnlySpan<byte> source, IReadOnlyList<long> shape, int elementSize, bool toC)
    {
        byte[] turned = new byte[source.Length];
        switch (elementSize)
        {
            case 1: Turn<byte>(source, turned, shape, toC); break;
            case 2: Turn<ushort>(source, turned, shape, toC); break;
            case 4: Turn<uint>(source, turned, shape, toC); break;
            default: Turn<ulong>(source, turned, shape, toC); break;
        }
        return turned;
    }

    private static void Turn<T>(ReadOnlySpan<byte> sourceBytes, Span<byte> turnedBytes, IReadOnlyList<long> shape, bool toC)
        where T : unmanaged
    {
        ReadOnlySpan<T> source = MemoryMarshal.Cast<byte, T>(sourceBytes);
        Span<T> turned = MemoryMarshal.Cast<byte, T>(turnedBytes);
        int rank = shape.Count;
        Span<long> strides = stackalloc long[rank], index = stackalloc long[rank];
        long stride = 1;
        for (int axis = 0; axis < rank; axis++)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        long fortran = 0;
        for (int c = 0; c < source.Length; c++)
        {
            if (toC) turned[c] = source[(int)fortran];
            else turned[(int)fortran] = source[c];
            // The next element in C order: the last axis steps, and carries into the one before it.
            for (int axis = rank - 1; axis >= 0; axis--)
            {
                fortran += strides[axis];
                if (++index[axis] < shape[axis]) break;
                fortran -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }
    }
}
