namespace TrainService.Contracts.Architectures;

/// <summary>The networks that a job can ask for by name: <c>{"architecture": "resnet50"}</c>.</summary>
public sealed record ArchitectureListResource(IReadOnlyList<ArchitectureResource> Architectures);

/// <summary>A well-known network.</summary>
/// <param name="Name">For a job's <c>model.architecture</c>.</param>
/// <param name="KerasName">Its name in keras.applications.</param>
/// <param name="Parameters">With its classifier for 1000 classes, the moving statistics of batch normalization included.</param>
/// <param name="TrainableParameters">Of these, what training changes.</param>
/// <param name="Bytes">Of its weights as 32-bit floats.</param>
/// <param name="Depth">Layers with a kernel on the longest way from the input to the output.</param>
/// <param name="Input">[height, width, channels] of the images that it was made for.</param>
/// <param name="Summary">One sentence: what it is.</param>
/// <param name="Advice">When to use it.</param>
public sealed record ArchitectureResource(string Name, string KerasName, long Parameters, long TrainableParameters, long Bytes, int Depth, IReadOnlyList<int> Input, string Paper, string Summary, string Advice);
