using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Randomness;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Boltzmann;

/// <summary>What a machine thinks of rows.</summary>
/// <param name="FreeEnergy">Mean of F(v), where p(v) ∝ exp -F(v).</param>
/// <param name="PseudoLikelihood">
/// Mean of the estimate of Σ ln p(v_i | the others), one unit drawn for each row; of rows rounded to 0 and 1. NaN of Gaussian units.
/// </param>
/// <param name="Activity">Mean probability of a hidden unit.</param>
public readonly record struct MachineFigures(double FreeEnergy, double PseudoLikelihood, double Activity);

/// <summary>
/// Free energy and pseudo-likelihood of rows: with z = v·W + b, F(v) = -a·v - Σ ln(1 + e^z) of binary units, ½‖v - a‖² - Σ ln(1 + e^z) of Gaussian ones.
/// </summary>
public sealed unsafe class BoltzmannMeasure : IDisposable
{
    private readonly ComputeTeam _team;
    private readonly StepContext _context;
    private readonly MeasureStep _step;
    private readonly ExecutionPlan _plan;

    public BoltzmannMeasure(NetworkState machine, VisibleUnits kind, int batch, ulong seed, uint stream, ComputeTeam team)
    {
        _team = team;
        _context = new StepContext(batch);
        PlanBuilder builder = new(machine, batch, training: false, dropout: false, null, null);
        MachineProducts products = new(machine, machine.Network.Output.Name, null);
        PlanBuffer visible = builder.NewBuffer("visible", batch, products.Visible), hidden = builder.NewBuffer("hidden", batch, products.Hidden);
        hidden.Kept = true;
        _step = new MeasureStep(products, kind, seed, stream, visible, hidden);
        builder.Add(_step);
        _plan = ExecutionPlan.ForSteps(builder, hidden, _context, team);
    }

    /// <param name="draw">Which draw of units for the pseudo-likelihood.</param>
    public MachineFigures Of(RowSource data, ReadOnlySpan<int> rows, long draw)
    {
        (double energy, double likelihood, double activity) = (0, 0, 0);
        _context.Inputs = data;
        for (int start = 0; start < rows.Length; start += _plan.Batch)
        {
            int count = Math.Min(_plan.Batch, rows.Length - start);
            rows.Slice(start, count).CopyTo(_context.Rows);
            Array.Fill(_context.Rows, rows[start], count, _plan.Batch - count);
            _context.Iteration = (draw << 32) + start;
            _plan.Run(_team);
            for (int r = 0; r < count; r++)
            {
                energy += _step.Energies[r];
                likelihood += _step.Likelihoods[r];
                activity += _step.Activities[r];
            }
        }

        return new MachineFigures(energy / rows.Length, likelihood / rows.Length, activity / rows.Length);
    }

    /// <summary>Of one row, in double precision.</summary>
    internal double FreeEnergy(RowSource data, int row)
    {
        _ = Of(data, [row], 0);
        return _step.Energies[0];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plan.Dispose();
        _context.Dispose();
    }

    private sealed class MeasureStep(MachineProducts products, VisibleUnits kind, ulong seed, uint stream, PlanBuffer visible, PlanBuffer hidden) : PlanStep
    {
        public double[] Energies { get; } = new double[visible.Rows];

        public double[] Likelihoods { get; } = new double[visible.Rows];

        public double[] Activities { get; } = new double[visible.Rows];

        public override Domains Domains => Domains.Rows;

        public override IReadOnlyList<Touch> Reads => [];

        public override IReadOnlyList<Touch> Writes { get; } = [new(visible, Access.Aligned), new(hidden, Access.Aligned)];

        public override int LeastRows => 8;

        public override void Run(in Block block, StepContext context)
        {
            for (int r = block.Start; r < block.End; r++)
            {
                Span<float> row = new(visible.Row(r), visible.Stride);
                context.Inputs!.CopyRow(context.Rows[r], row);
                row[visible.RowLength..].Clear();
            }

            products.Up(visible, block.Start, hidden, block.Start, block.End - block.Start);
            for (int r = block.Start; r < block.End; r++)
            {
                Energies[r] = Energy(r);
                Activities[r] = Activity(r);
            }

            if (kind != VisibleUnits.Binary)
            {
                for (int r = block.Start; r < block.End; r++) Likelihoods[r] = double.NaN;
                return;
            }

            for (int r = block.Start; r < block.End; r++)
                for (int i = 0; i < visible.RowLength; i++) visible.Row(r)[i] = visible.Row(r)[i] > 0.5f ? 1f : 0f;
            products.Up(visible, block.Start, hidden, block.Start, block.End - block.Start);
            PhiloxKey key = PhiloxKey.Of(seed, RandomPurpose.Sampling, ~stream, (ulong)context.Iteration);
            for (int r = block.Start; r < block.End; r++)
            {
                // The product of a word with the number of units, its upper half: each unit as likely as any other, up to 2⁻³² of the units.
                int unit = (int)(((ulong)Philox.Block(key.Key, key.High, (ulong)r).X0 * (ulong)visible.RowLength) >> 32);
                Likelihoods[r] = -visible.RowLength * Softplus(-Flip(r, unit));
            }
        }

        public override string ToString() => "free energy";

        private double Energy(int row)
        {
            float* v = visible.Row(row), a = products.VisibleBias.Values;
            double energy = 0;
            for (int i = 0; i < visible.RowLength; i++)
            {
                double difference = v[i] - (double)a[i];
                energy += kind == VisibleUnits.Binary ? -(double)a[i] * v[i] : 0.5 * difference * difference;
            }

            for (int j = 0; j < hidden.RowLength; j++) energy -= Softplus(hidden.Row(row)[j]);
            return energy;
        }

        private double Activity(int row)
        {
            double sum = 0;
            for (int j = 0; j < hidden.RowLength; j++) sum += 1 / (1 + Math.Exp(-hidden.Row(row)[j]));
            return sum / hidden.RowLength;
        }

        /// <summary>F of the row with one unit turned over, less F of the row.</summary>
        private double Flip(int row, int unit)
        {
            double change = 1 - (2 * visible.Row(row)[unit]), energy = -change * products.VisibleBias.Values[unit];
            for (int j = 0; j < hidden.RowLength; j++)
            {
                double z = hidden.Row(row)[j];
                energy -= Softplus(z + (change * products.Weight(unit, j))) - Softplus(z);
            }

            return energy;
        }

        private static double Softplus(double z) => Math.Max(z, 0) + Math.Log(1 + Math.Exp(-Math.Abs(z)));
    }
}
