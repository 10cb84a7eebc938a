// Evaluated in the page by the tests: how loud the left and the right of what it plays have been, seen at
// its only way to the speakers.
() => {
  window.peaks = [0, 0];
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) {
      const split = new ChannelSplitterNode(this.context, { numberOfOutputs: 2 });
      const taps = [0, 1].map(() => new AnalyserNode(this.context));
      connect.call(this, split);
      taps.forEach((tap, side) => connect.call(split, tap, side));
      const wave = new Float32Array(2048);
      setInterval(() => {
        taps.forEach((tap, side) => {
          tap.getFloatTimeDomainData(wave);
          for (const sample of wave) window.peaks[side] = Math.max(window.peaks[side], Math.abs(sample));
        });
      }, 20);
    }
    return connect.call(this, target, ...rest);
  };
}
