using System.Numerics.Tensors;
using TrainService.NeuralNet.Plan;
using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Boltzmann;

/// <summary>
/// The statistics of a step, row by row: the data and the hidden units' probabilities, then k rounds of Gibbs sampling and the probabilities again. What
/// it leaves makes the gradient of the mean negative log-likelihood one product: of [data; samples] with [-p(h|data); p(h|samples)] / rows.
/// </summary>
/// <param name="visible">Data, and as many rows of samples behind them.</param>
/// <param name="hidden">The signed probabilities of both.</param>
/// <param name="states">Hidden units as drawn.</param>
internal sealed unsafe class GibbsStep(BoltzmannOptions options, MachineProducts products, BoltzmannMemory memory, UnitSampling sampling,
    PlanBuffer visible, PlanBuffer hidden, PlanBuffer states, PlanBuffer transposed, IReadOnlyList<PlanBuffer> parameters) : PlanStep
{
    private readonly int _batch = states.Rows;

    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = [new(transposed, Access.All), .. parameters.Select(p => new Touch(p, Access.All))];

    public override IReadOnlyList<Touch> Writes { get; } = [new(states, Access.RowsOnly), new(visible, Access.All), new(hidden, Access.All)];

    public override double Cost => (double)products.Visible * products.Hidden * _batch * (2 + (2 * options.GibbsSteps));

    public override int SampleLength => Math.Max(visible.Stride, hidden.Stride);

    public override int LeastRows => 8;

    public override void Run(in Block block, StepContext context)
    {
        (int first, int rows) = (block.Start, block.End - block.Start);
        PhiloxKey key = sampling.Key(context.Iteration);
        int negative = _batch + first;
        for (int r = first; r < first + rows; r++)
        {
            Span<float> row = new(visible.Row(r), visible.Stride);
            context.Inputs!.CopyRow(context.Rows[r], row);
            row[visible.RowLength..].Clear();
        }

        products.Up(visible, first, hidden, first, rows);
        MachineProducts.Squash(hidden, first, rows);
        int draw = 0;
        Draw(key, draw++, hidden, first, first, rows);
        Down(first, rows);
        for (int r = first; r < first + rows; r++) TakeError(r, context);
        if (options.Persistent && memory.HasChains)
        {
            for (int r = first; r < first + rows; r++) memory.Chain(r).CopyTo(new Span<float>(states.Row(r), states.Stride));
            Down(first, rows);
        }

        for (int k = 1; ; k++)
        {
            if (options.SampleVisible) DrawVisible(key, draw, negative, first, rows);
            draw++;
            products.Up(visible, negative, hidden, negative, rows);
            MachineProducts.Squash(hidden, negative, rows);
            bool last = k == options.GibbsSteps;
            if (!last || options.Persistent) Draw(key, draw, hidden, negative, first, rows);
            draw++;
            if (last) break;
            Down(first, rows);
        }

        for (int r = first; r < first + rows; r++)
        {
            if (options.Persistent) new Span<float>(states.Row(r), states.Stride).CopyTo(memory.Chain(r));
            Sign(r);
        }
    }

    public override string ToString() => "Gibbs sampling";

    private void Draw(PhiloxKey key, int draw, PlanBuffer probabilities, int from, int to, int rows)
    {
        for (int i = 0; i < rows; i++)
        {
            Span<float> target = new(states.Row(to + i), states.Stride);
            sampling.Bernoulli(key, draw, to + i, probabilities.RowSpan(from + i), target);
            target[states.RowLength..].Clear();
        }
    }

    private void DrawVisible(PhiloxKey key, int draw, int negative, int first, int rows)
    {
        for (int i = 0; i < rows; i++)
        {
            Span<float> row = new(visible.Row(negative + i), visible.RowLength);
            if (options.Visible == VisibleUnits.Binary) sampling.Bernoulli(key, draw, first + i, row, row);
            else sampling.AddNormal(key, draw, first + i, row);
        }
    }

    /// <summary>The visible units' means, of the states.</summary>
    private void Down(int first, int rows)
    {
        products.Down(states, first, visible, _batch + first, rows);
        if (options.Visible == VisibleUnits.Binary) MachineProducts.Squash(visible, _batch + first, rows);
    }

    /// <summary>Mean squared difference of a row and what the machine makes of it.</summary>
    private void TakeError(int row, StepContext context)
    {
        ReadOnlySpan<float> data = visible.RowSpan(row), made = visible.RowSpan(_batch + row);
        double sum = 0;
        for (int i = 0; i < data.Length; i++)
        {
            double difference = (double)data[i] - made[i];
            sum += difference * difference;
        }

        context.RowLoss[row] = sum / data.Length;
        context.RowWeight[row] = 1;
        if (!double.IsFinite(context.RowLoss[row])) context.Rejected = true;
    }

    private void Sign(int row)
    {
        float share = 1f / _batch;
        Span<float> positive = new(hidden.Row(row), hidden.RowLength), negative = new(hidden.Row(_batch + row), hidden.RowLength);
        TensorPrimitives.Multiply(positive, -share, positive);
        TensorPrimitives.Multiply(negative, share, negative);
        if (options.SparsityCost == 0) return;
        // The penalty's slope by a unit's input: cost · (activity - target), from the activity before this step.
        ReadOnlySpan<float> activity = memory.Activity;
        float cost = (float)options.SparsityCost * share, target = (float)options.SparsityTarget;
        for (int j = 0; j < positive.Length; j++) positive[j] += cost * (activity[j] - target);
    }
}
