using System.Globalization;
using System.Runtime.InteropServices;
using TrainService.Formats;
using TrainService.Formats.Safetensors;
using TrainService.NeuralNet.State;

namespace TrainService.Training.Running;

/// <summary>
/// The file that a run is taken up from: safetensors with the weights, the optimizer's slots, the best weights so far when they are to be
/// restored, and every counter. Doubles are tensors of float64, so that they come back with the same bits.
/// </summary>
internal static class ResumePoint
{
    public const string Weights = "weights/", Slots = "slots/", Best = "best/";

    private const string Format = "trainservice-resume-3", FormatKey = "format", SpecKey = "spec";
    private const string FiguresKey = "figures", BestFiguresKey = "best_figures";
    private const string Counters = "counters", Phases = "phases", Times = "times", Norms = "norms", Totals = "totals", Callback = "callback/";

    public static void Write(Stream stream, ResumeState state, IEnumerable<NamedArray> tensors)
    {
        long[] counters = [state.Epoch, state.Step, state.Batches, state.Iterations, state.BestEpoch], phases = [.. state.PhaseStarts.Select(e => (long)e)];
        var arrays = new List<NamedArray>(tensors)
        {
            Integers(Counters, counters),
            Integers(Phases, phases),
            Doubles(Times, [state.TrainedSeconds, state.EpochSeconds]),
            Doubles(Norms, state.GradientNorms),
            Doubles(Totals, state.Totals),
        };
        for (int i = 0; i < state.Callbacks.Count; i++)
            arrays.Add(Doubles(Callback + i.ToString(CultureInfo.InvariantCulture), state.Callbacks[i]));
        SafetensorsFile.Write(stream, arrays, new Dictionary<string, string>
        {
            [FormatKey] = Format, [SpecKey] = state.Spec, [FiguresKey] = state.Figures, [BestFiguresKey] = state.BestFigures,
        });
    }

    /// <summary>Null when it belongs to another spec or another version of this format: the run then starts anew.</summary>
    /// <exception cref="ArrayFormatException">The file is not whole.</exception>
    public static (ResumeState State, IReadOnlyDictionary<string, NamedArray> Tensors)? Read(Stream stream, string spec)
    {
        (IReadOnlyList<NamedArray> arrays, IReadOnlyDictionary<string, string> metadata) = SafetensorsFile.Read(stream, file: "resume point");
        if (metadata.GetValueOrDefault(FormatKey) != Format || metadata.GetValueOrDefault(SpecKey) != spec) return null;
        Dictionary<string, NamedArray> tensors = arrays.ToDictionary(a => a.Name, StringComparer.Ordinal);
        ReadOnlySpan<long> counters = MemoryMarshal.Cast<byte, long>(tensors[Counters].Bytes);
        ReadOnlySpan<double> times = MemoryMarshal.Cast<byte, double>(tensors[Times].Bytes);
        return (new ResumeState
        {
            Spec = spec,
            Epoch = (int)counters[0],
            Step = (int)counters[1],
            Batches = counters[2],
            Iterations = counters[3],
            BestEpoch = (int)counters[4],
            PhaseStarts = [.. MemoryMarshal.Cast<byte, long>(tensors[Phases].Bytes).ToArray().Select(e => (int)e)],
            TrainedSeconds = times[0],
            EpochSeconds = times[1],
            GradientNorms = MemoryMarshal.Cast<byte, double>(tensors[Norms].Bytes).ToArray(),
            Figures = metadata[FiguresKey],
            BestFigures = metadata[BestFiguresKey],
            Totals = MemoryMarshal.Cast<byte, double>(tensors[Totals].Bytes).ToArray(),
            Callbacks = [.. Enumerable.Range(0, int.MaxValue).Select(i => tensors.GetValueOrDefault(Callback + i.ToString(CultureInfo.InvariantCulture)))
                .TakeWhile(a => a is not null).Select(a => MemoryMarshal.Cast<byte, double>(a!.Bytes).ToArray())],
        }, tensors);
    }

    /// <summary>Puts saved weights back.</summary>
    public static void Restore(NetworkState network, IReadOnlyDictionary<string, NamedArray> tensors, string prefix)
    {
        foreach (Parameter parameter in network.Parameters) parameter.Write(tensors[prefix + parameter.Name].ToSingles());
    }

    /// <summary>Puts saved slots back.</summary>
    /// <param name="prefix">Of what they were saved under.</param>
    public static void Restore(OptimizerState slots, IReadOnlyDictionary<string, NamedArray> tensors, string prefix = Slots)
    {
        foreach (SlotTensor slot in slots.Tensors) slot.Write(tensors[prefix + slot.Name].ToSingles());
    }

    private static NamedArray Integers(string name, long[] values)
        => new(name, ArrayType.Int64, [values.Length], MemoryMarshal.AsBytes<long>(values).ToArray());

    private static NamedArray Doubles(string name, double[] values)
        => new(name, ArrayType.Float64, [values.Length], MemoryMarshal.AsBytes<double>(values).ToArray());
}
