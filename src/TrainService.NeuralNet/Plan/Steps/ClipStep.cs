using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>
/// Works out the factors that clip gradients by their norms (<see cref="Clipping"/>).
/// </summary>
internal sealed class ClipStep(ParameterUpdates updates, PlanBuffer[] gradients, PlanBuffer factors) : PlanStep
{
    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; } = [.. gradients.Select(g => new Touch(g, Access.All))];

    public override IReadOnlyList<Touch> Writes { get; } = [new(factors, Access.All)];

    public override double Cost => updates.Pieces.Count;

    public override void Run(in Block block, StepContext context)
    {
        if (updates.Optimizer.GlobalClipNorm is { } global)
        {
            Array.Fill(updates.Factors, Clipping.GlobalNormFactor(updates.GlobalNorm(), global));
        }
        else if (updates.Optimizer.ClipNorm is { } each)
        {
            Parameter? parameter = null;
            double sum = 0;
            // Pieces of a parameter stand together, in order.
            for (int i = 0; i <= updates.Pieces.Count; i++)
            {
                if (i < updates.Pieces.Count && updates.Pieces[i].Use != PieceUse.Whole) continue;
                Parameter? next = i < updates.Pieces.Count ? updates.Pieces[i].Parameter : null;
                if (next != parameter)
                {
                    if (parameter is not null) updates.Factors[parameter.Index] = Clipping.NormFactor(Math.Sqrt(sum), each);
                    parameter = next;
                    sum = 0;
                }

                if (next is not null) sum += updates.SquareSums[i];
            }
        }
    }

    public override string ToString() => "clip";
}

/// <summary>Applies the gathered gradients.</summary>
internal sealed class ApplyStep(ParameterUpdates updates, PlanBuffer factors, PlanBuffer[] parameters) : PlanStep
{
    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; } = [new(factors, Access.All)];

    public override IReadOnlyList<Touch> Writes { get; } = [.. parameters.Select(p => new Touch(p, Access.All))];

    public override int Tasks => updates.Pieces.Count;

    public override double Cost => updates.State.TrainableLength * 2.0;

    public override void Run(in Block block, StepContext context)
    {
        for (int piece = block.Start; piece < block.End; piece++) updates.ApplyGathered(piece, context);
    }

    public override string ToString() => "apply";
}
