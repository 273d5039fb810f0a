namespace AmpEdge.Tsdb;

/// <summary>A decoder of floats.</summary>
internal interface IFloatDecoder : IChunkDecoder
{
    /// <summary>The value with its exact bits.</summary>
    double Value { get; }
}
