using System.Text.Json;
using TrainService.Specification.Reading;
using TrainService.Specification.Writing;

namespace TrainService.Specification;

/// <summary>Finds declarations that no user could use: a default outside its own range, a category that doesn't exist, a name taken twice.</summary>
internal static class VocabularyCheck
{
    /// <summary>Keys that give a component its type; an argument of that name could never be reached.</summary>
    private static readonly string[] Reserved = ["type", "class_name", "config"];

    public static IReadOnlyList<string> Problems(Vocabulary vocabulary)
    {
        var problems = new List<string>();
        foreach (ComponentRegistry registry in vocabulary.Registries)
            foreach (ComponentDescriptor descriptor in registry.Descriptors)
                CheckAll(vocabulary, registry.ArgumentsOf(descriptor), $"{registry.Category} {descriptor.Name}", problems);
        return problems;
    }

    /// <summary>The same for arguments that belong to no component, such as a job's own.</summary>
    public static void CheckAll(Vocabulary vocabulary, IReadOnlyList<ArgumentSpec> specs, string owner, List<string> problems)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (ArgumentSpec spec in specs)
        {
            string place = $"{owner}, {spec.Name}";
            foreach (string name in (string[])[spec.Name, .. spec.Aliases])
                if (!names.Add(name)) problems.Add($"{place}: the name '{name}' is taken twice.");
            if (Reserved.Contains(spec.Name)) problems.Add($"{place}: the name is reserved.");
            if ((spec.Category is not null || spec.Kind is ArgumentKind.Component or ArgumentKind.Components) && !vocabulary.Knows(spec.Category))
                problems.Add($"{place}: there is no category '{spec.Category}'.");
            else if (spec.Kind is ArgumentKind.Object or ArgumentKind.Objects)
                CheckAll(vocabulary, spec.Members, place, problems);
            else if (!spec.Required && spec.Default is not null)
                CheckDefault(vocabulary, spec, place, problems);
        }
    }

    // A default is legal when the reader takes it: written as a client would write it, and read back.
    private static void CheckDefault(Vocabulary vocabulary, ArgumentSpec spec, string place, List<string> problems)
    {
        var errors = new SpecErrors();
        new SpecReader(vocabulary, errors).ReadValue(JsonSerializer.SerializeToElement(SpecWriter.Write(spec.Default)), spec, "", keras: false);
        foreach (SpecError error in errors.All) problems.Add($"{place}: its default is not legal. {error.Detail}");
    }
}
