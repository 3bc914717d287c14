using System.Text.Json;
using TrainService.NeuralNet.Catalog;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.NeuralNet.Tests.Catalog;

/// <summary>What the reader finds wrong with a component.</summary>
internal static class Components
{
    public static IReadOnlyList<SpecError> Errors(string category, string json)
    {
        var errors = new SpecErrors();
        new SpecReader(Registries.All, errors).ReadComponent(JsonDocument.Parse(json).RootElement, category, "");
        return errors.All;
    }
}
