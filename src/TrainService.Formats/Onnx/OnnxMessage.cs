using System.Text;
using Google.Protobuf;

namespace TrainService.Formats.Onnx;

/// <summary>A Protobuf message to be written: fields in order, by number. Tensors are referred to, not copied; lengths are known before anything goes out.</summary>
internal sealed class OnnxMessage
{
    private readonly List<(int Field, object Value)> _fields = [];
    private long? _length;

    /// <summary>Bytes of all fields.</summary>
    public long Length => _length ??= _fields.Sum(f => CodedOutputStream.ComputeTagSize(f.Field) + SizeOf(f.Value));

    public OnnxMessage Add(int field, long value) => Put(field, value);

    public OnnxMessage Add(int field, float value) => Put(field, value);

    public OnnxMessage Add(int field, string text) => Put(field, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text));

    public OnnxMessage Add(int field, ReadOnlyMemory<byte> bytes) => Put(field, bytes);

    public OnnxMessage Add(int field, OnnxMessage message) => Put(field, message);

    public OnnxMessage AddAll<T>(int field, IEnumerable<T> values, Action<OnnxMessage, int, T> add)
    {
        foreach (T value in values) add(this, field, value);
        return this;
    }

    public void WriteTo(CodedOutputStream output)
    {
        foreach ((int field, object value) in _fields)
        {
            switch (value)
            {
                case long number:
                    output.WriteTag(field, WireFormat.WireType.Varint);
                    output.WriteInt64(number);
                    break;
                case float number:
                    output.WriteTag(field, WireFormat.WireType.Fixed32);
                    output.WriteFloat(number);
                    break;
                case OnnxMessage message:
                    output.WriteTag(field, WireFormat.WireType.LengthDelimited);
                    output.WriteLength((int)message.Length);
                    message.WriteTo(output);
                    break;
                default:
                    output.WriteTag(field, WireFormat.WireType.LengthDelimited);
                    output.WriteBytes(UnsafeByteOperations.UnsafeWrap((ReadOnlyMemory<byte>)value));
                    break;
            }
        }
    }

    private OnnxMessage Put(int field, object value)
    {
        _fields.Add((field, value));
        return this;
    }

    private static long SizeOf(object value) => value switch
    {
        long number => CodedOutputStream.ComputeInt64Size(number),
        float => 4,
        OnnxMessage message => Prefixed(message.Length),
        var bytes => Prefixed(((ReadOnlyMemory<byte>)bytes).Length),
    };

    private static long Prefixed(long length) => length + CodedOutputStream.ComputeUInt64Size((ulong)length);
}
