using TrainService.NeuralNet.Graph;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Models;
using TrainService.Training.Reuse;

namespace TrainService.Training.Kinds;

/// <summary>One of the models of a job that checks itself: plain, with shapes.</summary>
/// <param name="Pointer">Where it stands in the job.</param>
internal sealed record AskedModel(string Pointer, ComponentValue Value, ModelDefinition Definition, Network Network, Reused Reused)
{
    private const string Usual = "/model";

    /// <summary>Where its last layer stands.</summary>
    public string OutputPointer => At(Definition.Nodes[^1].Pointer);

    /// <summary>A layer's place in the job.</summary>
    /// <param name="layer">Its index.</param>
    public string LayerPointer(int layer) => At(Definition.Nodes[layer].Pointer);

    /// <param name="value">As read; null when it was wrong or is missing.</param>
    /// <param name="pointer">Where it stands in the job: errors go there.</param>
    /// <param name="fill">Fills in what its layers leave open.</param>
    /// <param name="inputShape">Of what it takes; null when that is not known, or for the model to say.</param>
    /// <returns>Null when there were errors, or when nobody says what comes in.</returns>
    public static async Task<AskedModel?> ReadAsync(CompileContext context, ComponentValue? value, string pointer, Func<ComponentValue, ComponentValue> fill,
        Func<ModelDefinition, IReadOnlyList<int>?> inputShape, CancellationToken ct)
    {
        if (value is null) return null;
        var errors = new SpecErrors();
        // A parent's checkpoint takes its word's place in the job's one model only.
        Reused reused = await context.Reuse.ResolveAsync(value, pointer == Usual ? context.Parent : null, errors, ct).ConfigureAwait(false);
        AskedModel? asked = null;
        if (reused.Model is { } plain)
        {
            plain = fill(plain);
            var definition = (ModelDefinition)plain.Create();
            if (NetworkBuilder.Build(definition, inputShape(definition), errors) is { } network)
            {
                reused.Check(network, errors);
                asked = new AskedModel(pointer, plain, definition, network, reused);
            }
        }
        foreach (SpecError error in reused.Places(errors.All)) context.Reading.Errors.Add(error with { Pointer = Moved(error.Pointer, pointer) });
        return errors.Any ? null : asked;
    }

    private string At(string pointer)
    {
        SpecError[] one = [new(pointer, "", "")];
        return Moved(Reused.Places((IReadOnlyList<SpecError>)one)[0].Pointer, Pointer);
    }

    private static string Moved(string pointer, string to) => pointer.StartsWith(Usual, StringComparison.Ordinal) ? to + pointer[Usual.Length..] : pointer;
}
