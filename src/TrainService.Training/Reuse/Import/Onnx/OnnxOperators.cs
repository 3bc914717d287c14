namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>The operators that become layers here, one line each; the top-level README.md lists them.</summary>
internal static class OnnxOperators
{
    public static IReadOnlyDictionary<string, Action<OnnxCall>> All { get; } = new Dictionary<string, Action<OnnxCall>>(StringComparer.Ordinal)
    {
        ["Conv"] = OnnxConvolutions.Conv,
        ["ConvTranspose"] = OnnxConvolutions.ConvTranspose,
        ["Gemm"] = OnnxDense.Gemm,
        ["MatMul"] = OnnxDense.MatMul,
        ["BatchNormalization"] = OnnxNormalizations.Batch,
        ["InstanceNormalization"] = OnnxNormalizations.Instance,
        ["GroupNormalization"] = OnnxNormalizations.Groups,
        ["LayerNormalization"] = OnnxNormalizations.Layer,
        ["LRN"] = OnnxNormalizations.Local,
        ["MaxPool"] = OnnxPooling.Max,
        ["AveragePool"] = OnnxPooling.Average,
        ["GlobalAveragePool"] = c => OnnxPooling.Global(c, average: true),
        ["GlobalMaxPool"] = c => OnnxPooling.Global(c, average: false),
        ["ReduceMean"] = c => OnnxPooling.Reduction(c, average: true),
        ["ReduceSum"] = c => OnnxPooling.Reduction(c, average: true, sum: true),
        ["ReduceMax"] = c => OnnxPooling.Reduction(c, average: false),
        ["ReduceMin"] = c => OnnxPooling.Reduction(c, average: false, smallest: true),
        ["Relu"] = OnnxElementwise.Relu,
        ["LeakyRelu"] = OnnxElementwise.LeakyRelu,
        ["PRelu"] = OnnxElementwise.PRelu,
        ["Elu"] = OnnxElementwise.Elu,
        ["Selu"] = OnnxElementwise.Selu,
        ["Celu"] = OnnxElementwise.Celu,
        ["ThresholdedRelu"] = OnnxElementwise.ThresholdedRelu,
        ["Sigmoid"] = c => OnnxElementwise.Unary(c, "sigmoid", nonNegative: true),
        ["HardSigmoid"] = OnnxElementwise.HardSigmoid,
        ["HardSwish"] = c => OnnxElementwise.Unary(c, "hard_swish"),
        ["Swish"] = OnnxElementwise.Swish,
        ["Gelu"] = OnnxElementwise.Gelu,
        ["Mish"] = c => OnnxElementwise.Unary(c, "mish"),
        ["Tanh"] = c => OnnxElementwise.Unary(c, "tanh"),
        ["Softplus"] = c => OnnxElementwise.Unary(c, "softplus", nonNegative: true),
        ["Softsign"] = c => OnnxElementwise.Unary(c, "softsign"),
        ["Exp"] = c => OnnxElementwise.Unary(c, "exponential", nonNegative: true),
        ["Softmax"] = c => OnnxElementwise.Softmax(c, log: false),
        ["LogSoftmax"] = c => OnnxElementwise.Softmax(c, log: true),
        ["Clip"] = OnnxElementwise.Clip,
        ["Cast"] = OnnxElementwise.Cast,
        ["Add"] = OnnxMerging.Add,
        ["Sub"] = OnnxMerging.Sub,
        ["Mul"] = OnnxMerging.Mul,
        ["Div"] = OnnxMerging.Div,
        ["Pow"] = OnnxMerging.Pow,
        ["Abs"] = OnnxMerging.Abs,
        ["Neg"] = OnnxMerging.Neg,
        ["Sum"] = c => OnnxMerging.Many(c, "add"),
        ["Mean"] = c => OnnxMerging.Many(c, "average"),
        ["Max"] = c => OnnxMerging.Many(c, "maximum"),
        ["Min"] = c => OnnxMerging.Many(c, "minimum"),
        ["Concat"] = OnnxMerging.Concat,
        ["Identity"] = c => c.Set(c.Lookup(0)),
        ["Dropout"] = Dropout,
        ["Reshape"] = OnnxShapes.Reshape,
        ["Flatten"] = OnnxShapes.Flatten,
        ["Transpose"] = OnnxShapes.Transpose,
        ["Squeeze"] = OnnxShapes.Squeeze,
        ["Unsqueeze"] = OnnxShapes.Unsqueeze,
        ["Expand"] = OnnxShapes.Expand,
        ["DepthToSpace"] = OnnxShapes.DepthToSpace,
        ["SpaceToDepth"] = OnnxShapes.SpaceToDepth,
        ["Slice"] = OnnxShapes.Slice,
        ["Split"] = OnnxShapes.Split,
        ["Gather"] = OnnxShapes.Gather,
        ["Pad"] = OnnxShapes.Pad,
        ["Resize"] = OnnxResizing.Resize,
        ["Upsample"] = OnnxResizing.Resize,
        ["QuantizeLinear"] = OnnxRounding.Quantize,
        ["DequantizeLinear"] = OnnxRounding.Dequantize,
    };

    private static void Dropout(OnnxCall c)
    {
        if (c.Translation.IsUsed(c.Node, 1)) throw c.Refuse("its mask is used.");
        if (c.Has(2) && (c.IsValue(2) || c.Constant(2, "training_mode").Longs.Any(n => n != 0))) throw c.Refuse("it is written for training, where numbers are dropped.");
        c.Note("left out: it does nothing when predicting");
        c.Set(c.Lookup(0));
    }
}
