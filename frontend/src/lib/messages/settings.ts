export const settings = {
  title: 'Settings',
  appearance: 'Appearance',
  system: 'As the system',
  light: 'Light',
  dark: 'Dark',
  fingerprint: 'Your fingerprint',
  showPhrase: 'Show the recovery phrase',
  close: 'Close'
}
