namespace TrainService.Specification;

/// <summary>
/// Checked arguments of one component, every default filled in. Values: <see cref="long"/>, <see cref="double"/>, <see cref="bool"/>,
/// <see cref="string"/>, <c>IReadOnlyList&lt;long&gt;</c>, <c>IReadOnlyList&lt;double&gt;</c>, <c>IReadOnlyList&lt;string&gt;</c>,
/// <see cref="ComponentValue"/>, <c>IReadOnlyList&lt;ComponentValue&gt;</c>, <see cref="Arguments"/>, <c>IReadOnlyList&lt;Arguments&gt;</c>, <c>IReadOnlyDictionary&lt;string, string&gt;</c>,
/// <c>IReadOnlyDictionary&lt;string, double&gt;</c>, <see cref="System.Text.Json.JsonElement"/> or null.
/// </summary>
/// <param name="values">In the order of the declarations.</param>
/// <param name="given">The names that stood in the JSON; null when nobody needs to tell them from defaults.</param>
public sealed class Arguments(IReadOnlyDictionary<string, object?> values, IReadOnlySet<string>? given = null)
{
    public static Arguments None { get; } = new(new Dictionary<string, object?>());

    public IReadOnlyDictionary<string, object?> Values { get; } = values;

    /// <summary>True when it was asked for rather than filled in. True for all of Keras's serialized form, which leaves nothing to others.</summary>
    public bool IsGiven(string name) => given?.Contains(name) ?? true;

    /// <summary>The same arguments with one set to another value, and counted as given.</summary>
    public Arguments With(string name, object? value)
    {
        var changed = new OrderedDictionary<string, object?>(Values, StringComparer.Ordinal) { [name] = value };
        return new Arguments(changed, given is null ? null : new HashSet<string>(given, StringComparer.Ordinal) { name });
    }

    public bool Has(string name) => Values.TryGetValue(name, out object? v) && v is not null;

    public int Integer(string name) => checked((int)Get<long>(name));

    public long Long(string name) => Get<long>(name);

    public double Number(string name) => Get<double>(name);

    public float Single(string name) => (float)Get<double>(name);

    public bool Flag(string name) => Get<bool>(name);

    public string Text(string name) => Get<string>(name);

    public int? OptionalInteger(string name) => Has(name) ? Integer(name) : null;

    /// <summary>Null also when a word or a component stands in the number's place.</summary>
    public double? OptionalNumber(string name) => Has(name) && !IsReplaced(name) ? Number(name) : null;

    /// <summary>A word or a component stands where a number could.</summary>
    public bool IsReplaced(string name) => Values.GetValueOrDefault(name) is string or ComponentValue;

    /// <summary>This word stands where a number could.</summary>
    public bool IsWord(string name, string word) => Values.GetValueOrDefault(name) is string text && text == word;

    public string? OptionalText(string name) => Has(name) ? Text(name) : null;

    public IReadOnlyList<long> Integers(string name) => Get<IReadOnlyList<long>>(name);

    public IReadOnlyList<double> Numbers(string name) => Get<IReadOnlyList<double>>(name);

    public IReadOnlyList<string> Texts(string name) => Get<IReadOnlyList<string>>(name);

    /// <summary>The members of a nested object.</summary>
    public Arguments Object(string name) => Get<Arguments>(name);

    public Arguments? OptionalObject(string name) => Has(name) ? Object(name) : null;

    /// <summary>The members of each object of a list.</summary>
    public IReadOnlyList<Arguments> Objects(string name) => Get<IReadOnlyList<Arguments>>(name);

    public IReadOnlyDictionary<string, string> TextMap(string name) => Get<IReadOnlyDictionary<string, string>>(name);

    public IReadOnlyDictionary<string, double> NumberMap(string name) => Get<IReadOnlyDictionary<string, double>>(name);

    /// <summary>The nested component as it was asked for, not yet made.</summary>
    public ComponentValue Value(string name) => Get<ComponentValue>(name);

    public ComponentValue? OptionalValue(string name) => Has(name) ? Value(name) : null;

    /// <summary>Nested components as they were asked for, not yet made.</summary>
    public IReadOnlyList<ComponentValue> ValueList(string name) => Get<IReadOnlyList<ComponentValue>>(name);

    /// <summary>The nested component itself, made from its own arguments.</summary>
    public T Component<T>(string name) => (T)Get<ComponentValue>(name).Create();

    public T? OptionalComponent<T>(string name)
        where T : class => Has(name) ? Component<T>(name) : null;

    private T Get<T>(string name) => Values.TryGetValue(name, out object? value) && value is T typed
        ? typed
        : throw new InvalidOperationException($"Argument '{name}' is missing or not a {typeof(T).Name}: its ArgumentSpec and its use disagree.");
}

/// <summary>A component asked for, with its arguments: can be made, and can be written back as fully resolved JSON.</summary>
public sealed record ComponentValue(ComponentDescriptor Descriptor, Arguments Arguments)
{
    /// <summary>JSON Pointer of where its arguments stood in what was read; null when it was not read from there.</summary>
    public string? Place { get; init; }

    public object Create() => Descriptor.CreateObject(Arguments);
}
