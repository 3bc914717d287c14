using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.State;
using TrainService.Tensors.Kernels;

namespace TrainService.NeuralNet.Boltzmann;

/// <summary>The two products of a machine, for some rows at a time.</summary>
/// <param name="transposed">Wᵀ in panels; null when nothing goes down.</param>
internal sealed unsafe class MachineProducts(NetworkState machine, string layer, PlanBuffer? transposed)
{
    private readonly Parameter _kernel = machine.Find($"{layer}/{BoltzmannLayer.Kernel}")!;
    private readonly Parameter _bias = machine.Find($"{layer}/{BoltzmannLayer.Bias}")!;
    private readonly Parameter _visibleBias = machine.Find($"{layer}/{BoltzmannLayer.VisibleBias}")!;

    public Parameter Kernel => _kernel;

    public Parameter Bias => _bias;

    public Parameter VisibleBias => _visibleBias;

    public int Visible => _kernel.Shape[0];

    public int Hidden => _kernel.Shape[1];

    /// <summary>z = v·W + b.</summary>
    public void Up(PlanBuffer visible, int from, PlanBuffer hidden, int to, int rows)
        => TileProduct.MultiplyWithBias(rows, hidden.Panels, Visible, LeftOperand.RowMajor(visible.Row(from), visible.Stride), PanelOperand.Packed(_kernel.Values, Visible),
            ProductOutput.RowMajor(hidden.Row(to), hidden.Stride), _bias.Values);

    /// <summary>h·Wᵀ + a.</summary>
    public void Down(PlanBuffer hidden, int from, PlanBuffer visible, int to, int rows)
        => TileProduct.MultiplyWithBias(rows, visible.Panels, Hidden, LeftOperand.RowMajor(hidden.Row(from), hidden.Stride), PanelOperand.Packed(transposed!.Pointer, Hidden),
            ProductOutput.RowMajor(visible.Row(to), visible.Stride), _visibleBias.Values);

    /// <summary>Element (visible, hidden) of W.</summary>
    public float Weight(int visible, int hidden)
        => _kernel.Values[((((long)(hidden / Padding.Width) * Visible) + visible) * Padding.Width) + (hidden % Padding.Width)];

    /// <summary>σ of what stands in some rows; what pads them is zero.</summary>
    public static void Squash(PlanBuffer buffer, int from, int rows)
    {
        for (int r = from; r < from + rows; r++)
        {
            Span<float> row = new(buffer.Row(r), buffer.Stride);
            VectorMath.Sigmoid(row[..buffer.RowLength], row);
            row[buffer.RowLength..].Clear();
        }
    }
}
