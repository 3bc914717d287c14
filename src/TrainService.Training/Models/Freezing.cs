using System.Globalization;
using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Graph;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Reuse;

namespace TrainService.Training.Models;

/// <summary>Which layers learn in which phase: what the model says, then what the job freezes, then what each phase changes, one after the other.</summary>
internal static class Freezing
{
    public const string Freeze = "freeze", Unfreeze = "unfreeze";

    /// <returns>The network of each phase. Names that the model does not have are errors at their place.</returns>
    public static IReadOnlyList<Network> Apply(Network network, Arguments job, SpecErrors errors)
    {
        IReadOnlyList<string> reused = job.OptionalValue("model") is { } model && WeightsFrom.Of(model) is { } from ? from.Layers : [];
        string[] names = [.. network.Layers.Where(l => l.Node.SharedWith is null).Select(l => l.Name)];
        var selection = new LayerSelection(names, reused);
        var learns = network.Layers.ToDictionary(l => l.Name, l => l.Node.Trainable, StringComparer.Ordinal);
        Set(job.Has(Freeze) ? job.Texts(Freeze) : [], $"/{Freeze}", selection.ToFreeze, learns: false);
        var networks = new List<Network>();
        foreach (PhaseSpec phase in PhaseSpec.Of(job))
        {
            Set(phase.Freeze, $"{phase.Pointer}/{Freeze}", selection.ToFreeze, learns: false);
            Set(phase.Unfreeze, $"{phase.Pointer}/{Unfreeze}", selection.Of, learns: true);
            // A copy: the next phase changes the table.
            var now = new Dictionary<string, bool>(learns, StringComparer.Ordinal);
            networks.Add(network.WithTrainable(l => now[l.Name]));
        }
        return networks;

        void Set(IReadOnlyList<string> asked, string pointer, Func<string, IReadOnlyList<string>> find, bool learns)
        {
            for (int k = 0; k < asked.Count; k++)
            {
                IReadOnlyList<string> found = find(asked[k]);
                if (found.Count == 0) errors.Add(Missing($"{pointer}/{k.ToString(CultureInfo.InvariantCulture)}", asked[k], names));
                foreach (string name in found) Learns(name, learns);
            }
        }

        void Learns(string name, bool value) => learns[name] = value;
    }

    public static SpecError Missing(string pointer, string asked, IReadOnlyList<string> names)
        => new(pointer, "unknown_layer", $"No layer is named like '{asked}'. The layers, in order: {string.Join(", ", names.Take(100))}{(names.Count > 100 ? " …" : "")}.",
            asked, NearestName.Of(asked, names));
}
