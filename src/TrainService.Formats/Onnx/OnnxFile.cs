using Google.Protobuf;
using static TrainService.Formats.Onnx.OnnxFields;

namespace TrainService.Formats.Onnx;

/// <summary>
/// Reads ONNX files: Protobuf with the fields of onnx.proto, as far as networks need them. What is not needed is passed over unread; tensors that stand in
/// other files are refused. Source: github.com/onnx/onnx, onnx/onnx.proto.
/// </summary>
public static class OnnxFile
{
    private const string Standard = "ai.onnx";

    /// <param name="stream">At the beginning of the file.</param>
    /// <param name="limits">What reading it may cost.</param>
    /// <param name="file">What its sender calls it.</param>
    /// <exception cref="ArrayFormatException">It is no ONNX file, broken, or beyond a limit.</exception>
    public static OnnxModel Read(Stream stream, FormatLimits? limits = null, string file = "model.onnx")
    {
        var budget = new OnnxBudget(file, limits ?? FormatLimits.Default);
        if (stream.CanSeek && stream.Length - stream.Position > Math.Min(budget.Limits.MaxBytes, int.MaxValue))
            throw new ArrayFormatException(file, null, $"It has {stream.Length - stream.Position:N0} bytes; at most {Math.Min(budget.Limits.MaxBytes, int.MaxValue):N0} are read.");
        try
        {
            using CodedInputStream input = CodedInputStream.CreateWithLimits(stream, int.MaxValue, 100);
            return ReadModel(input, budget);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or OverflowException)
        {
            throw new ArrayFormatException(file, null, $"It is no ONNX file, or a damaged one: {e.Message}", inner: e);
        }
    }

    /// <summary>A tensor in a file of its own (.pb), as ONNX's test data has them.</summary>
    /// <exception cref="ArrayFormatException">It is none.</exception>
    public static NamedArray ReadTensor(Stream stream, string file = "tensor.pb")
    {
        var budget = new OnnxBudget(file, FormatLimits.Default);
        try
        {
            var tensor = new OnnxTensorReader(budget);
            using CodedInputStream input = CodedInputStream.CreateWithLimits(stream, int.MaxValue, 100);
            ReadAll(input, budget, tensor.Take);
            return tensor.ToArray();
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or OverflowException)
        {
            throw new ArrayFormatException(file, null, $"It is no ONNX tensor, or a damaged one: {e.Message}", inner: e);
        }
    }

    private static OnnxModel ReadModel(CodedInputStream input, OnnxBudget budget)
    {
        OnnxGraph? graph = null;
        long? opset = null;
        string producer = "";
        List<KeyValuePair<string, string>> metadata = [];
        List<string> functions = [];
        ReadAll(input, budget, (tag, stream) =>
        {
            switch (tag)
            {
                case (2 << 3) | 2: producer = stream.ReadString(); return true;
                case (7 << 3) | 2: graph = ReadGraph(stream, budget); return true;
                case (8 << 3) | 2:
                    (string domain, long version) = ReadOpset(stream, budget);
                    if (domain.Length == 0 || domain == Standard) opset = version;
                    return true;
                case (14 << 3) | 2: metadata.Add(ReadPair(stream, budget)); return true;
                case (25 << 3) | 2: functions.Add(ReadFunction(stream, budget)); return true;
                default: return false;
            }
        });
        if (graph is null) throw new ArrayFormatException(budget.File, null, "It is no ONNX file: it holds no graph.");
        // Files from before version 3 of the format name no operators' version: they mean the first.
        return new OnnxModel(graph, opset ?? 1) { Producer = producer, Metadata = metadata, Functions = functions };
    }

    private static OnnxGraph ReadGraph(CodedInputStream input, OnnxBudget budget)
    {
        List<OnnxNode> nodes = [];
        List<NamedArray> initializers = [];
        List<OnnxValueInfo> inputs = [], outputs = [];
        string name = "";
        long bytes = 0;
        OnnxFields.Read(input, budget, (tag, stream) =>
        {
            switch (tag)
            {
                case (1 << 3) | 2: nodes.Add(ReadNode(stream, budget)); return true;
                case (2 << 3) | 2: name = stream.ReadString(); return true;
                case (5 << 3) | 2:
                    var tensor = new OnnxTensorReader(budget);
                    OnnxFields.Read(stream, budget, tensor.Take);
                    Add(tensor.ToArray());
                    return true;
                case (11 << 3) | 2: inputs.Add(OnnxValueReader.Read(stream, budget)); return true;
                case (12 << 3) | 2: outputs.Add(OnnxValueReader.Read(stream, budget)); return true;
                case (15 << 3) | 2: Add(OnnxSparseReader.Read(stream, budget)); return true;
                default: return false;
            }
        });
        return new OnnxGraph(nodes, initializers, inputs, outputs) { Name = name };

        void Add(NamedArray array)
        {
            if (initializers.Count == budget.Limits.MaxArrays) throw new ArrayFormatException(budget.File, null, $"It has more than {budget.Limits.MaxArrays:N0} tensors.");
            if ((bytes += array.Bytes.Length) > budget.Limits.MaxBytes) throw new ArrayFormatException(budget.File, array.Name, $"Its tensors have more than {budget.Limits.MaxBytes:N0} bytes.");
            initializers.Add(array);
        }
    }

    private static OnnxNode ReadNode(CodedInputStream input, OnnxBudget budget)
    {
        List<string> inputs = [], outputs = [];
        List<OnnxAttribute> attributes = [];
        string name = "", type = "", domain = "";
        OnnxFields.Read(input, budget, (tag, stream) =>
        {
            switch (tag)
            {
                case (1 << 3) | 2: inputs.Add(stream.ReadString()); return true;
                case (2 << 3) | 2: outputs.Add(stream.ReadString()); return true;
                case (3 << 3) | 2: name = stream.ReadString(); return true;
                case (4 << 3) | 2: type = stream.ReadString(); return true;
                case (5 << 3) | 2: attributes.Add(ReadAttribute(stream, budget)); return true;
                case (7 << 3) | 2: domain = stream.ReadString(); return true;
                default: return false;
            }
        });
        return new OnnxNode(type, inputs, outputs, attributes) { Name = name, Domain = domain == Standard ? "" : domain };
    }

    private static OnnxAttribute ReadAttribute(CodedInputStream input, OnnxBudget budget)
    {
        var read = new OnnxAttribute("");
        List<float> numbers = [];
        List<long> integers = [];
        long type = 0;
        OnnxFields.Read(input, budget, (tag, stream) =>
        {
            if (Floats(tag, 7, stream, numbers) || Longs(tag, 8, stream, integers)) return true;
            switch (tag)
            {
                case (1 << 3) | 2: read = read with { Name = stream.ReadString() }; return true;
                case (2 << 3) | 5: read = read with { Number = stream.ReadFloat() }; return true;
                case 3 << 3: read = read with { Integer = stream.ReadInt64() }; return true;
                case (4 << 3) | 2: read = read with { Text = stream.ReadString() }; return true;
                case (5 << 3) | 2:
                    var tensor = new OnnxTensorReader(budget);
                    OnnxFields.Read(stream, budget, tensor.Take);
                    read = read with { Tensor = tensor.ToArray() };
                    return true;
                case 20 << 3: type = stream.ReadInt64(); return true;
                case (22 << 3) | 2: read = read with { Tensor = OnnxSparseReader.Read(stream, budget) }; return true;
                case (6 << 3) | 2 or (9 << 3) | 2 or (10 << 3) | 2 or (11 << 3) | 2 or (14 << 3) | 2 or (15 << 3) | 2 or (21 << 3) | 2 or (23 << 3) | 2:
                    read = read with { Other = true };
                    return false;
                default: return false;
            }
        });
        // Protobuf leaves out what is 0: the type says then what stands there. Older files name no type.
        return type switch
        {
            1 => new OnnxAttribute(read.Name) { Number = read.Number ?? 0 },
            2 => new OnnxAttribute(read.Name) { Integer = read.Integer ?? 0 },
            3 => new OnnxAttribute(read.Name) { Text = read.Text ?? "" },
            6 => new OnnxAttribute(read.Name) { Numbers = numbers },
            7 => new OnnxAttribute(read.Name) { Integers = integers },
            _ => read with { Numbers = numbers.Count > 0 ? numbers : null, Integers = integers.Count > 0 ? integers : null },
        };
    }

    private static (string Domain, long Version) ReadOpset(CodedInputStream input, OnnxBudget budget)
    {
        string domain = "";
        long version = 0;
        OnnxFields.Read(input, budget, (tag, stream) =>
        {
            switch (tag)
            {
                case (1 << 3) | 2: domain = stream.ReadString(); return true;
                case 2 << 3: version = stream.ReadInt64(); return true;
                default: return false;
            }
        });
        return (domain, version);
    }

    private static KeyValuePair<string, string> ReadPair(CodedInputStream input, OnnxBudget budget)
    {
        string key = "", value = "";
        OnnxFields.Read(input, budget, (tag, stream) =>
        {
            switch (tag)
            {
                case (1 << 3) | 2: key = stream.ReadString(); return true;
                case (2 << 3) | 2: value = stream.ReadString(); return true;
                default: return false;
            }
        });
        return new(key, value);
    }

    private static string ReadFunction(CodedInputStream input, OnnxBudget budget)
    {
        string name = "", domain = "";
        OnnxFields.Read(input, budget, (tag, stream) =>
        {
            switch (tag)
            {
                case (1 << 3) | 2: name = stream.ReadString(); return true;
                case (10 << 3) | 2: domain = stream.ReadString(); return true;
                default: return false;
            }
        });
        return $"{domain}.{name}";
    }
}
