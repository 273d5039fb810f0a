namespace AmpEdge.Proxy.FanOut;

/// <summary>Reads the value of <c>data</c>, which comes next.</summary>
internal delegate T DataReader<out T>(ref AnswerReader reader);
