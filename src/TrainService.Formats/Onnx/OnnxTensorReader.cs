using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Google.Protobuf;
using static TrainService.Formats.Onnx.OnnxFields;

namespace TrainService.Formats.Onnx;

/// <summary>Gathers the fields of one TensorProto. Its numbers stand as they are in memory (raw_data), or as a list by type.</summary>
internal sealed class OnnxTensorReader(OnnxBudget budget)
{
    private readonly List<long> _shape = [], _integers = [];
    private readonly List<float> _floats = [];
    private readonly List<double> _doubles = [];
    private string _name = "";
    private OnnxElement _element;
    private ByteString? _raw;
    private bool _elsewhere;

    public bool Take(uint tag, CodedInputStream input)
    {
        // 5, 7 and 11: whole numbers of 32, 64 and unsigned 64 bits, all packed alike.
        if (Longs(tag, 1, input, _shape) || Floats(tag, 4, input, _floats) || Longs(tag, 5, input, _integers) || Longs(tag, 7, input, _integers) || Longs(tag, 11, input, _integers)
            || Doubles(tag, 10, input, _doubles)) return true;
        switch (tag)
        {
            case 2 << 3: _element = (OnnxElement)input.ReadInt32(); return true;
            case (8 << 3) | 2: _name = input.ReadString(); return true;
            case (9 << 3) | 2: _raw = input.ReadBytes(); return true;
            case (13 << 3) | 2: _elsewhere = true; return false;
            case 14 << 3: _elsewhere |= input.ReadInt32() != 0; return true;
            default: return false;
        }
    }

    /// <exception cref="ArrayFormatException">Shape, type and numbers don't agree, or the numbers stand in another file.</exception>
    public NamedArray ToArray()
    {
        if (_elsewhere) throw Broken("Its numbers stand in another file, which is not looked for: save the model as one file.");
        if (_element.ToArrayType() is not { } type) throw Broken($"It is of element type {(Enum.IsDefined(_element) ? _element : (int)_element)}, which is not read.");
        if (_shape.Count > budget.Limits.MaxRank) throw Broken($"It has {_shape.Count} axes; at most {budget.Limits.MaxRank} are read.");
        if (_shape.Any(n => n < 0) || ArrayShape.Count(_shape) is not { } count || count > budget.Limits.MaxBytes / type.Size()) throw Broken($"Its shape [{string.Join(", ", _shape.Take(32))}] is none.");
        ReadOnlyMemory<byte> bytes = _raw?.Memory ?? Listed(type);
        return bytes.Length == count * type.Size() ? new NamedArray(_name, type, _shape, bytes)
            : throw Broken($"Its shape [{string.Join(", ", _shape)}] takes {count * type.Size()} bytes, it has {bytes.Length}.");
    }

    private byte[] Listed(ArrayType type)
    {
        if (type == ArrayType.Float32) return MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_floats)).ToArray();
        if (type == ArrayType.Float64) return MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_doubles)).ToArray();
        // Halves are listed as the bits of their 16-bit words.
        int size = type.Size();
        byte[] bytes = new byte[_integers.Count * size];
        for (int i = 0; i < _integers.Count; i++)
        {
            Span<byte> at = bytes.AsSpan(i * size, size);
            switch (size)
            {
                case 1: at[0] = unchecked((byte)_integers[i]); break;
                case 2: BinaryPrimitives.WriteUInt16LittleEndian(at, unchecked((ushort)_integers[i])); break;
                case 4: BinaryPrimitives.WriteUInt32LittleEndian(at, unchecked((uint)_integers[i])); break;
                default: BinaryPrimitives.WriteInt64LittleEndian(at, _integers[i]); break;
            }
        }
        return bytes;
    }

    private ArrayFormatException Broken(string problem) => new(budget.File, _name.Length > 0 ? _name : "(without name)", problem);
}

/// <summary>A sparse tensor, written out: the numbers that are not zero, and where they stand.</summary>
internal static class OnnxSparseReader
{
    /// <summary>A few numbers must not ask for the memory of a large array: beyond this, a thousandth must be there.</summary>
    private const long MostZeros = 1 << 20;

    public static NamedArray Read(CodedInputStream input, OnnxBudget budget)
    {
        OnnxTensorReader values = new(budget), indices = new(budget);
        List<long> shape = [];
        OnnxFields.Read(input, budget, (tag, stream) =>
        {
            if (Longs(tag, 3, stream, shape)) return true;
            switch (tag)
            {
                case (1 << 3) | 2: OnnxFields.Read(stream, budget, values.Take); return true;
                case (2 << 3) | 2: OnnxFields.Read(stream, budget, indices.Take); return true;
                default: return false;
            }
        });
        NamedArray numbers = values.ToArray(), places = indices.ToArray();
        int size = numbers.Type.Size(), rank = shape.Count;
        bool flat = places.Shape.Count == 1;
        if (rank > budget.Limits.MaxRank || shape.Any(n => n < 0) || ArrayShape.Count(shape) is not { } count || count > MostZeros + (numbers.Count * 1000)
            || numbers.Shape.Count != 1 || places.Type != ArrayType.Int64 || !(flat || (places.Shape.Count == 2 && places.Shape[1] == rank)) || places.Shape[0] != numbers.Count)
            throw new ArrayFormatException(budget.File, numbers.Name, "The sparse tensor's values, places and shape don't fit together.");
        ReadOnlySpan<long> at = MemoryMarshal.Cast<byte, long>(places.Bytes);
        byte[] dense = new byte[count * size];
        for (int i = 0; i < numbers.Count; i++)
        {
            long place = 0;
            if (flat) place = at[i];
            else
                for (int axis = 0; axis < rank; axis++)
                {
                    long index = at[(i * rank) + axis];
                    if (index < 0 || index >= shape[axis]) place = -1;
                    if (place >= 0) place = (place * shape[axis]) + index;
                }
            if (place < 0 || place >= count) throw new ArrayFormatException(budget.File, numbers.Name, $"Value {i} of the sparse tensor stands outside of its shape.");
            numbers.Bytes.Slice(i * size, size).CopyTo(dense.AsSpan((int)place * size));
        }
        return new NamedArray(numbers.Name, numbers.Type, shape, dense);
    }
}

/// <summary>A ValueInfoProto: what comes in or goes out.</summary>
internal static class OnnxValueReader
{
    public static OnnxValueInfo Read(CodedInputStream input, OnnxBudget budget)
    {
        string name = "";
        OnnxElement element = OnnxElement.Undefined;
        List<OnnxAxis>? axes = null;
        OnnxFields.Read(input, budget, (tag, stream) =>
        {
            switch (tag)
            {
                case (1 << 3) | 2: name = stream.ReadString(); return true;
                case (2 << 3) | 2: OnnxFields.Read(stream, budget, Type); return true;
                default: return false;
            }
        });
        return new OnnxValueInfo(name, element, axes);

        bool Type(uint tag, CodedInputStream stream)
        {
            if (tag != Tag(1, Bytes)) return false;
            OnnxFields.Read(stream, budget, Tensor);
            return true;
        }

        bool Tensor(uint tag, CodedInputStream stream)
        {
            switch (tag)
            {
                case 1 << 3: element = (OnnxElement)stream.ReadInt32(); return true;
                case (2 << 3) | 2:
                    axes = [];
                    OnnxFields.Read(stream, budget, Shape);
                    return true;
                default: return false;
            }
        }

        bool Shape(uint tag, CodedInputStream stream)
        {
            if (tag != Tag(1, Bytes)) return false;
            OnnxAxis axis = new(null, "");
            OnnxFields.Read(stream, budget, (inner, at) =>
            {
                switch (inner)
                {
                    case 1 << 3: axis = new(at.ReadInt64(), ""); return true;
                    case (2 << 3) | 2: axis = new(null, at.ReadString()); return true;
                    default: return false;
                }
            });
            axes!.Add(axis);
            return true;
        }
    }
}
