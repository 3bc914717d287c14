using TrainService.Specification;

namespace TrainService.Architectures;

/// <summary>A well-known network: one class each, listed in <see cref="ArchitectureList"/>.</summary>
public abstract class Architecture
{
    /// <summary>In a job: "resnet50".</summary>
    public abstract string Name { get; }

    /// <summary>In keras.applications: "ResNet50".</summary>
    public abstract string KerasName { get; }

    public abstract string Summary { get; }

    /// <summary>When to use it.</summary>
    public abstract string Advice { get; }

    public abstract string Paper { get; }

    /// <summary>[height, width, channels] of the images that it was made for.</summary>
    public virtual IReadOnlyList<int> DefaultInput => [224, 224, 3];

    /// <summary>Least height and width: below it nothing is left at the end.</summary>
    public virtual int LeastSize => 32;

    /// <summary>Arguments beside those of <see cref="ArchitectureOptions.Arguments"/>.</summary>
    public virtual IReadOnlyList<ArgumentSpec> OwnArguments => [];

    /// <summary>Its layers.</summary>
    /// <exception cref="ArgumentConflictException">The input is too small.</exception>
    public ArchitectureGraph Build(ArchitectureOptions options)
    {
        IReadOnlyList<int> input = options.InputShape ?? DefaultInput;
        if (input.Count != 3 || input[0] < LeastSize || input[1] < LeastSize)
            throw new ArgumentConflictException("input_shape", $"{KerasName} takes images [height, width, channels] of at least {LeastSize}x{LeastSize}, got [{string.Join(", ", input)}].");
        GraphBuilder graph = new();
        string features = AddFeatures(graph, GraphBuilder.Input, input, options);
        AddTop(graph, features, options);
        return new ArchitectureGraph(GraphBuilder.Input, input, graph.Layers);
    }

    /// <summary>Everything below the classifier.</summary>
    /// <returns>Name of the last layer.</returns>
    private protected abstract string AddFeatures(GraphBuilder graph, string x, IReadOnlyList<int> input, ArchitectureOptions options);

    /// <summary>Global average pooling and a dense layer; others override it.</summary>
    private protected virtual void AddTop(GraphBuilder graph, string x, ArchitectureOptions options)
    {
        if (!options.IncludeTop) Pool(graph, x, options.Pooling);
        else graph.Classifier("predictions", graph.Add("global_average_pooling2d", AveragePoolName, x), options);
    }

    /// <summary>What stands on the features when there is no top.</summary>
    private protected void Pool(GraphBuilder graph, string x, string? pooling)
    {
        if (pooling == "avg") graph.Add("global_average_pooling2d", BareAveragePoolName, x);
        else if (pooling == "max") graph.Add("global_max_pooling2d", BareMaxPoolName, x);
    }

    /// <summary>Of the average pooling below the classifier.</summary>
    private protected virtual string AveragePoolName => "avg_pool";

    /// <summary>Of the average pooling where there is no classifier.</summary>
    private protected virtual string BareAveragePoolName => "global_average_pooling2d";

    private protected virtual string BareMaxPoolName => "global_max_pooling2d";
}
