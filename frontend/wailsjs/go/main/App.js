export function Snapshot() {
  return window['go']['main']['App']['Snapshot']();
}

export function Unlock(arg1) {
  return window['go']['main']['App']['Unlock'](arg1);
}

export function CreateIdentity(arg1) {
  return window['go']['main']['App']['CreateIdentity'](arg1);
}

export function RestoreIdentity(arg1, arg2) {
  return window['go']['main']['App']['RestoreIdentity'](arg1, arg2);
}

export function Phrase() {
  return window['go']['main']['App']['Phrase']();
}

export function JoinHub(arg1, arg2) {
  return window['go']['main']['App']['JoinHub'](arg1, arg2);
}

export function CancelJoin() {
  return window['go']['main']['App']['CancelJoin']();
}

export function Reconnect(arg1) {
  return window['go']['main']['App']['Reconnect'](arg1);
}

export function People(arg1) {
  return window['go']['main']['App']['People'](arg1);
}

export function Channels(arg1) {
  return window['go']['main']['App']['Channels'](arg1);
}

export function CreateChannel(arg1, arg2, arg3) {
  return window['go']['main']['App']['CreateChannel'](arg1, arg2, arg3);
}

export function JoinChannel(arg1) {
  return window['go']['main']['App']['JoinChannel'](arg1);
}

export function OpenDirect(arg1, arg2) {
  return window['go']['main']['App']['OpenDirect'](arg1, arg2);
}

export function Members(arg1) {
  return window['go']['main']['App']['Members'](arg1);
}

export function History(arg1, arg2, arg3) {
  return window['go']['main']['App']['History'](arg1, arg2, arg3);
}

export function Send(arg1, arg2) {
  return window['go']['main']['App']['Send'](arg1, arg2);
}

export function Retry(arg1, arg2) {
  return window['go']['main']['App']['Retry'](arg1, arg2);
}

export function MarkRead(arg1, arg2) {
  return window['go']['main']['App']['MarkRead'](arg1, arg2);
}

export function SetTyping(arg1, arg2) {
  return window['go']['main']['App']['SetTyping'](arg1, arg2);
}

