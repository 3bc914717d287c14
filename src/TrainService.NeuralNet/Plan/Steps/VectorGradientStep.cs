using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>The gradient of one number of a parameter, summed over the whole batch in a fixed order.</summary>
internal delegate double NumberGradient(int index);

/// <summary>Gradient of a parameter of flat layout, 16 numbers a task, each worked out by itself.</summary>
internal sealed unsafe class VectorGradientStep : PlanStep
{
    private readonly string _name;
    private readonly int _length;
    private readonly ParameterUpdates _updates;
    private readonly NumberGradient _gradient;
    private readonly int _firstPiece;

    /// <param name="reads">Buffers that every task reads as a whole.</param>
    public VectorGradientStep(LayerBuild build, Parameter parameter, IReadOnlyList<PlanBuffer> reads, NumberGradient gradient)
    {
        (_name, _length, _updates, _gradient) = ($"{parameter.Name}'", checked((int)parameter.Shape.Size), build.Updates!, gradient);
        Reads = [.. reads.Select(b => new Touch(b, Access.All))];
        Writes = [new(_updates.Written(parameter, build.BufferOf(parameter)), Access.All)];
        Cost = reads[0].Length * 2.0;
        _firstPiece = _updates.Pieces.Count;
        for (int i = 0; i < Tasks; i++) _updates.Register(parameter, i * Padding.Width, Padding.Width);
    }

    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; }

    public override IReadOnlyList<Touch> Writes { get; }

    public override int Tasks => Padding.Up(_length) / Padding.Width;

    public override double Cost { get; }

    public override int ScratchLength => Padding.Width;

    public override void Run(in Block block, StepContext context)
    {
        float* piece = context.Scratch(block.Rank);
        for (int task = block.Start; task < block.End; task++)
        {
            for (int i = 0; i < Padding.Width; i++)
            {
                int index = (task * Padding.Width) + i;
                piece[i] = index < _length ? (float)_gradient(index) : 0;
            }

            _updates.HandIn(_firstPiece + task, piece, context);
        }
    }

    public override string ToString() => _name;
}
