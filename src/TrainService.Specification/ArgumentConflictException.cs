namespace TrainService.Specification;

/// <summary>Thrown while a component is made: arguments that are legal one by one do not go together. The reader makes a <c>conflict</c> error of it.</summary>
/// <param name="argument">The argument that the error is shown at.</param>
public sealed class ArgumentConflictException(string argument, string message) : ArgumentException(message, argument)
{
    /// <summary>The message without the name of the argument, which .NET puts behind it.</summary>
    public static string Plain(ArgumentException e)
    {
        int suffix = e.Message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return suffix < 0 ? e.Message : e.Message[..suffix];
    }
}
