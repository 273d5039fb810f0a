using System.IO.Pipelines;

namespace AmpEdge.Hosting;

/// <summary>One end of a connection.</summary>
internal sealed class PipePair(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input { get; } = input;

    public PipeWriter Output { get; } = output;
}
