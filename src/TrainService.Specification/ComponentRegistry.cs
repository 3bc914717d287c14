using System.Text.Json;
using TrainService.Specification.Reading;

namespace TrainService.Specification;

/// <summary>Reads a component in a form of its category's own. Says false when the JSON is in none, true when <paramref name="value"/> or errors tell what it is.</summary>
public delegate bool OwnForm(SpecReader reader, JsonElement json, string pointer, out ComponentValue? value);

/// <summary>All components of one category, found by name, alias or Keras class name.</summary>
public sealed class ComponentRegistry
{
    private readonly Dictionary<string, ComponentDescriptor> _byName = new(StringComparer.Ordinal);

    /// <param name="category">What they are: <c>layer</c>, <c>activation</c>, <c>initializer</c> …</param>
    /// <param name="descriptors">Each name, alias and Keras name must be unique within the category.</param>
    public ComponentRegistry(string category, params IReadOnlyList<ComponentDescriptor> descriptors)
    {
        Category = category;
        Descriptors = descriptors;
        foreach (ComponentDescriptor d in descriptors)
            foreach (string name in (string[])[d.Name, .. d.Aliases, .. d.KerasName is null || d.KerasName == d.Name ? Array.Empty<string>() : [d.KerasName]])
                if (!_byName.TryAdd(name, d))
                    throw new ArgumentException($"{category}: the name '{name}' is taken twice.", nameof(descriptors));
    }

    public string Category { get; }

    public IReadOnlyList<ComponentDescriptor> Descriptors { get; }

    /// <summary>For the documentation: what they are for, how to choose among them, what a job gets that names none.</summary>
    public string Introduction { get; init; } = "";

    /// <summary>Arguments that every component of this category takes beside its own, such as a layer's <c>name</c>.</summary>
    public IReadOnlyList<ArgumentSpec> Common { get; init; } = [];

    /// <summary>Names that belong here but are not built yet: asking for one is an <c>unsupported</c> error.</summary>
    public IReadOnlyList<string> Unsupported { get; init; } = [];

    /// <summary>Names that users may know from Keras and that there will not be here, with what to do instead: asking for one is an <c>unsupported</c> error.</summary>
    public IReadOnlyDictionary<string, string> Refused { get; init; } = new Dictionary<string, string>();

    /// <summary>Keys that may stand for "type", such as a model's <c>architecture</c>.</summary>
    public IReadOnlyList<string> TypeKeys { get; init; } = [];

    /// <summary>Keys that tell a component without "type", such as a model's <c>from_checkpoint</c>: each names the component that has it as an argument.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Keys that tell a component without "type", such as a model's <c>architecture</c>, and are not built yet.</summary>
    public IReadOnlyList<string> UnsupportedKeys { get; init; } = [];

    /// <summary>Reads forms that declarations can't express, before anything else is tried; null when there are none.</summary>
    public OwnForm? OwnForm { get; init; }

    /// <summary>Reads what may stand in place of a list of them; null when there is no such form.</summary>
    public Func<SpecReader, JsonElement, string, IReadOnlyList<ComponentValue>?>? OwnListForm { get; init; }

    /// <summary>One of them may be written as a list, or as an object with free keys, of others (<see cref="OwnForm"/>): for the schema.</summary>
    public bool MayBeSeveral { get; init; }

    /// <summary>All arguments of <paramref name="descriptor"/>: the common ones last.</summary>
    public IReadOnlyList<ArgumentSpec> ArgumentsOf(ComponentDescriptor descriptor) => [.. descriptor.Arguments, .. Common];

    /// <summary>Every name that is understood.</summary>
    public IEnumerable<string> Names => _byName.Keys;

    public ComponentDescriptor? Find(string name) => _byName.GetValueOrDefault(name);
}
