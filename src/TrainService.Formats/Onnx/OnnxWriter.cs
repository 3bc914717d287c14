using System.Runtime.InteropServices;
using Google.Protobuf;

namespace TrainService.Formats.Onnx;

/// <summary>Writes ONNX files: the same model gives the same bytes.</summary>
public static class OnnxWriter
{
    /// <summary>Version of the file format: 8 came with opset 15 and is read by every reader of the last years.</summary>
    private const long IrVersion = 8;

    /// <exception cref="ArgumentException">It has more than the 2 GB that such a file can hold.</exception>
    public static void Write(Stream target, OnnxModel model)
    {
        OnnxMessage message = new OnnxMessage().Add(1, IrVersion).Add(2, model.Producer).Add(7, Graph(model.Graph))
            .Add(8, new OnnxMessage().Add(1, "").Add(2, model.Opset))
            .AddAll(14, model.Metadata, (m, f, pair) => m.Add(f, new OnnxMessage().Add(1, pair.Key).Add(2, pair.Value)));
        if (message.Length > int.MaxValue) throw new ArgumentException($"The model takes {message.Length:N0} bytes; an ONNX file holds {int.MaxValue:N0}.", nameof(model));
        using var output = new CodedOutputStream(target, leaveOpen: true);
        message.WriteTo(output);
    }

    private static OnnxMessage Graph(OnnxGraph graph)
    {
        var message = new OnnxMessage();
        message.AddAll(1, graph.Nodes, (m, f, node) => m.Add(f, Node(node)));
        message.Add(2, graph.Name);
        message.AddAll(5, graph.Initializers.Where(i => !graph.Sparse.Contains(i.Name)), (m, f, tensor) => m.Add(f, Tensor(tensor, tensor.Name)));
        message.AddAll(11, graph.Inputs, (m, f, value) => m.Add(f, Value(value)));
        message.AddAll(12, graph.Outputs, (m, f, value) => m.Add(f, Value(value)));
        message.AddAll(15, graph.Initializers.Where(i => graph.Sparse.Contains(i.Name)), (m, f, tensor) => m.Add(f, Sparse(tensor)));
        return message;
    }

    private static OnnxMessage Node(OnnxNode node)
    {
        OnnxMessage message = new OnnxMessage().AddAll(1, node.Inputs, (m, f, name) => m.Add(f, name)).AddAll(2, node.Outputs, (m, f, name) => m.Add(f, name))
            .Add(3, node.Name).Add(4, node.Operator).AddAll(5, node.Attributes, (m, f, attribute) => m.Add(f, Attribute(attribute)));
        return node.Domain.Length == 0 ? message : message.Add(7, node.Domain);
    }

    private static OnnxMessage Attribute(OnnxAttribute attribute)
    {
        OnnxMessage message = new OnnxMessage().Add(1, attribute.Name);
        if (attribute.Number is { } number) return message.Add(2, number).Add(20, 1);
        if (attribute.Integer is { } integer) return message.Add(3, integer).Add(20, 2);
        if (attribute.Text is { } text) return message.Add(4, text).Add(20, 3);
        if (attribute.Tensor is { } tensor) return message.Add(5, Tensor(tensor, tensor.Name)).Add(20, 4);
        if (attribute.Numbers is { } numbers) return message.AddAll(7, numbers, (m, f, n) => m.Add(f, n)).Add(20, 6);
        return message.AddAll(8, attribute.Integers ?? [], (m, f, n) => m.Add(f, n)).Add(20, 7);
    }

    private static OnnxMessage Tensor(NamedArray tensor, string name) => new OnnxMessage().AddAll(1, tensor.Shape, (m, f, n) => m.Add(f, n))
        .Add(2, (long)tensor.Type.ToOnnx()).Add(8, name).Add(9, tensor.Memory);

    /// <summary>The numbers that are not zero, and where they stand in the array as one row.</summary>
    private static OnnxMessage Sparse(NamedArray tensor)
    {
        float[] all = tensor.ToSingles();
        List<float> values = [];
        List<long> places = [];
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i] == 0) continue;
            values.Add(all[i]);
            places.Add(i);
        }
        byte[] numbers = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(values)).ToArray(), at = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(places)).ToArray();
        return new OnnxMessage().Add(1, Tensor(new NamedArray(tensor.Name, ArrayType.Float32, [values.Count], numbers), tensor.Name))
            .Add(2, Tensor(new NamedArray("", ArrayType.Int64, [places.Count], at), "")).AddAll(3, tensor.Shape, (m, f, n) => m.Add(f, n));
    }

    private static OnnxMessage Value(OnnxValueInfo value)
    {
        OnnxMessage shape = new OnnxMessage().AddAll(1, value.Axes ?? [], (m, f, axis) => m.Add(f, axis.Size is { } size ? new OnnxMessage().Add(1, size) : new OnnxMessage().Add(2, axis.Name)));
        return new OnnxMessage().Add(1, value.Name).Add(2, new OnnxMessage().Add(1, new OnnxMessage().Add(1, (long)value.Element).Add(2, shape)));
    }
}
