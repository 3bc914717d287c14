using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace TrainService.Formats.Onnx;

/// <summary>
/// A message of a file as its reader walks over it: each field is handed to a function, what that does not take is passed over. Google.Protobuf keeps
/// lengths and levels; what a message costs here is counted.
/// </summary>
internal sealed class OnnxFields : IMessage
{
    private readonly OnnxBudget _budget;
    private readonly Func<uint, CodedInputStream, bool> _take;

    private OnnxFields(OnnxBudget budget, Func<uint, CodedInputStream, bool> take) => (_budget, _take) = (budget, take);

    /// <summary>Numbers of a field on the wire: its place, and how its value is packed.</summary>
    public const uint Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    public MessageDescriptor Descriptor => throw new NotSupportedException("These messages are only read.");

    /// <param name="take">Field · 8 + packing, and the stream behind it; false when the field is nothing to it.</param>
    public static void Read(CodedInputStream input, OnnxBudget budget, Func<uint, CodedInputStream, bool> take)
    {
        budget.Count();
        input.ReadMessage(new OnnxFields(budget, take));
    }

    /// <summary>The outermost message, which has no length in front.</summary>
    public static void ReadAll(CodedInputStream input, OnnxBudget budget, Func<uint, CodedInputStream, bool> take) => new OnnxFields(budget, take).MergeFrom(input);

    public void MergeFrom(CodedInputStream input)
    {
        while (input.ReadTag() is var tag and not 0)
            if (!_take(tag, input)) input.SkipLastField();
    }

    public static uint Tag(uint field, uint packing) => (field << 3) | packing;

    /// <summary>Whole numbers, one at a time or many in one piece.</summary>
    public static bool Longs(uint tag, uint field, CodedInputStream input, List<long> values)
    {
        if (tag == Tag(field, Varint)) values.Add(input.ReadInt64());
        else if (tag == Tag(field, Bytes))
        {
            CodedInputStream packed = input.ReadBytes().CreateCodedInput();
            while (!packed.IsAtEnd) values.Add(packed.ReadInt64());
        }
        else return false;
        return true;
    }

    public static bool Floats(uint tag, uint field, CodedInputStream input, List<float> values)
    {
        if (tag == Tag(field, Fixed32)) values.Add(input.ReadFloat());
        else if (tag == Tag(field, Bytes))
        {
            CodedInputStream packed = input.ReadBytes().CreateCodedInput();
            while (!packed.IsAtEnd) values.Add(packed.ReadFloat());
        }
        else return false;
        return true;
    }

    public static bool Doubles(uint tag, uint field, CodedInputStream input, List<double> values)
    {
        if (tag == Tag(field, Fixed64)) values.Add(input.ReadDouble());
        else if (tag == Tag(field, Bytes))
        {
            CodedInputStream packed = input.ReadBytes().CreateCodedInput();
            while (!packed.IsAtEnd) values.Add(packed.ReadDouble());
        }
        else return false;
        return true;
    }

    public void WriteTo(CodedOutputStream output) => throw new NotSupportedException("These messages are only read.");

    public int CalculateSize() => throw new NotSupportedException("These messages are only read.");
}

/// <summary>Counts the messages of a file: two bytes can ask for an object of a hundred.</summary>
internal sealed class OnnxBudget(string file, FormatLimits limits)
{
    private int _messages;

    public string File => file;

    public FormatLimits Limits => limits;

    public void Count()
    {
        if (++_messages > 4 * limits.MaxArrays) throw new ArrayFormatException(file, null, $"It has more than {4 * limits.MaxArrays:N0} parts.");
    }
}
