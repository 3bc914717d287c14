using System.Text.Json;
using TrainService.NeuralNet.Catalog;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.NeuralNet.Tests.Catalog;

/// <summary>Makes components as a job does: from JSON, through the reader.</summary>
internal static class Components
{
    public static Vocabulary Vocabulary => Registries.All;

    /// <param name="json">A bare name, or an object with "type" (or Keras's "class_name").</param>
    public static T Make<T>(string category, string json)
    {
        string text = json.StartsWith('{') ? json : JsonSerializer.Serialize(json);
        var errors = new SpecErrors();
        ComponentValue? value = new SpecReader(Vocabulary, errors).ReadComponent(JsonDocument.Parse(text).RootElement, category, "");
        errors.All.ShouldBeEmpty();
        return (T)value!.Create();
    }

    /// <summary>The errors that the reader finds.</summary>
    public static IReadOnlyList<SpecError> Errors(string category, string json)
    {
        var errors = new SpecErrors();
        new SpecReader(Vocabulary, errors).ReadComponent(JsonDocument.Parse(json).RootElement, category, "");
        return errors.All;
    }
}
