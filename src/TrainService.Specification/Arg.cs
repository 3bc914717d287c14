namespace TrainService.Specification;

/// <summary>Short ways to declare an <see cref="ArgumentSpec"/>.</summary>
public static class Arg
{
    public static ArgumentSpec Integer(string name, string description, long? @default = null, long? min = null, long? max = null, bool required = false, bool nullable = false)
        => new(name, ArgumentKind.Integer, description) { Default = @default, Minimum = min, Maximum = max, Required = required, Nullable = nullable };

    public static ArgumentSpec Number(string name, string description, double? @default = null, double? min = null, double? max = null,
        bool minExclusive = false, bool maxExclusive = false, bool required = false, bool nullable = false)
        => new(name, ArgumentKind.Number, description)
        {
            Default = @default, Minimum = min, Maximum = max, MinimumExclusive = minExclusive, MaximumExclusive = maxExclusive,
            Required = required, Nullable = nullable,
        };

    public static ArgumentSpec Flag(string name, string description, bool @default)
        => new(name, ArgumentKind.Flag, description) { Default = @default };

    public static ArgumentSpec Text(string name, string description, string? @default = null, bool required = false)
        => new(name, ArgumentKind.Text, description) { Default = @default, Required = required };

    public static ArgumentSpec Choice(string name, string description, string @default, params string[] choices)
        => new(name, ArgumentKind.Choice, description) { Default = @default, Choices = choices };

    public static ArgumentSpec Integers(string name, string description, IReadOnlyList<long>? @default = null, long? min = null, long? max = null,
        int minCount = 1, int maxCount = 8, bool required = false, bool nullable = false)
        => new(name, ArgumentKind.Integers, description)
        {
            Default = @default, Minimum = min, Maximum = max, Count = (minCount, maxCount), Required = required, Nullable = nullable,
        };

    public static ArgumentSpec Numbers(string name, string description, IReadOnlyList<double>? @default = null, double? min = null, double? max = null, bool required = false)
        => new(name, ArgumentKind.Numbers, description) { Default = @default, Minimum = min, Maximum = max, Required = required };

    /// <summary>A component of another category; the default is a bare name, such as "glorot_uniform".</summary>
    public static ArgumentSpec Component(string name, string category, string description, string? @default = null, bool required = false, bool nullable = false)
        => new(name, ArgumentKind.Component, description) { Category = category, Default = @default, Required = required, Nullable = nullable };

    /// <summary>A list of components of another category; left out, the list is empty.</summary>
    public static ArgumentSpec Components(string name, string category, string description, int minCount = 0, int maxCount = 1000, bool required = false)
        => new(name, ArgumentKind.Components, description)
        {
            Category = category, Count = (minCount, maxCount), Required = required, Default = required ? null : Array.Empty<ComponentValue>(),
        };

    public static ArgumentSpec Texts(string name, string description, int minCount = 0, int maxCount = 1000, bool required = false)
        => new(name, ArgumentKind.Texts, description) { Count = (minCount, maxCount), Required = required };

    /// <summary>A nested object. Left out, it stands there with its members' defaults, unless <paramref name="optional"/>: then it is null.</summary>
    public static ArgumentSpec Object(string name, string description, IReadOnlyList<ArgumentSpec> members, bool required = false, bool optional = false)
        => new(name, ArgumentKind.Object, description)
        {
            Members = members, Required = required, Nullable = optional, Default = required || optional ? null : Arguments.None,
        };

    /// <summary>A list of objects; left out, it is null.</summary>
    public static ArgumentSpec Objects(string name, string description, IReadOnlyList<ArgumentSpec> members, int minCount = 1, int maxCount = 1000)
        => new(name, ArgumentKind.Objects, description) { Members = members, Count = (minCount, maxCount), Nullable = true };
}
