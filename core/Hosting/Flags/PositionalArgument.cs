namespace AmpEdge.Hosting;

/// <summary>A value of the command line that stands without a flag; read <see cref="Value"/> after parsing.</summary>
public sealed class PositionalArgument
{
    internal PositionalArgument(string name, string sentence)
    {
        Name = name;
        Sentence = sentence;
    }

    /// <summary>What stands for it in the help: <c>DIR</c>.</summary>
    public string Name { get; }

    /// <summary>As it was given; empty before.</summary>
    public string Value { get; internal set; } = "";

    internal string Sentence { get; }
}
